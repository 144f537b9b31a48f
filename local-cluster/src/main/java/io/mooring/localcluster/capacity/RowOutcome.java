package io.mooring.localcluster.capacity;

import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ConditionReading;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.RuleMoved;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one row of the paper's table went on one broker. Seconds are those of the story; what never
 * happened is NaN.
 *
 * @param broker broker
 * @param row number of the row
 * @param readingPercent use of the volume on which it was decided
 * @param crossedSecond when the file system was first seen above the threshold
 * @param decidedSecond when the resize was commanded, or declined
 * @param grownSecond when the file system was first seen with its new size
 */
record RowOutcome(
    int broker,
    int row,
    double readingPercent,
    double crossedSecond,
    double decidedSecond,
    double grownSecond) {

  /** Reads it out of what was seen. */
  static RowOutcome of(
      PaperRow row, VolumeStory story, List<DiskGauge.Sample> samples, Instant began) {
    long overhead = PaperRow.DOUBLED.fromBytes() - samples.getFirst().use().totalBytes();
    Optional<Instant> crossed =
        samples.stream()
            .filter(sample -> sample.use().usedBytes() > row.thresholdBytes())
            .map(DiskGauge.Sample::at)
            .findFirst();
    Optional<Instant> grown =
        samples.stream()
            .filter(sample -> row.grows())
            .filter(sample -> sample.use().totalBytes() >= row.toBytes() - overhead)
            .map(DiskGauge.Sample::at)
            .findFirst();
    return new RowOutcome(
        story.volume().broker(),
        row.number(),
        reading(row, story),
        second(crossed, began),
        second(decided(row, story), began),
        second(grown, began));
  }

  private static Optional<Instant> decided(PaperRow row, VolumeStory story) {
    if (!row.grows()) {
      return story.declines().stream().map(VolumeStory.Told::at).findFirst();
    }
    return story.commands().stream()
        .filter(command ->
            command.value().getDetail() instanceof ExpandVolume expand
                && expand.getSizeBytes() == row.toBytes())
        .map(VolumeStory.Told::at)
        .findFirst();
  }

  private static double reading(PaperRow row, VolumeStory story) {
    return story.triggers().stream()
        .skip(row.ordinal())
        .map(VolumeStory.Told::value)
        .map(AutopilotEvent::getDetail)
        .map(RuleMoved.class::cast)
        .flatMap(moved -> moved.getReadings().stream())
        .map(ConditionReading::getReading)
        .filter(value -> value != null)
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElse(Double.NaN);
  }

  static double second(Optional<Instant> at, Instant began) {
    return at.map(instant -> Duration.between(began, instant).toNanos() / 1e9).orElse(Double.NaN);
  }

  double decidedAfter() {
    return decidedSecond - crossedSecond;
  }

  double grownAfter() {
    return grownSecond - crossedSecond;
  }
}
