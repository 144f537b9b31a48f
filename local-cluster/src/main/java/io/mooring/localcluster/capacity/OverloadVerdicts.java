package io.mooring.localcluster.capacity;

import io.mooring.localcluster.capacity.OverloadResult.Overloaded;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Host;
import io.mooring.schemas.VolumeWillFill;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Judges what was seen of the overload.
 *
 * @param began start of the story's clock
 * @param seen the volumes
 * @param pods all pods at the end
 * @param ledger the audit
 * @param failedSends sends whose producer saw an error
 */
record OverloadVerdicts(
    Instant began, List<Seen> seen, List<PodStatus> pods, LedgerVerdict ledger, long failedSends) {

  /** A volume is held to be full a little earlier than it is told: with some room left. */
  private static final double PREDICTION_MAX_OFF_SECONDS = 10;

  /**
   * A volume.
   *
   * @param story what the control topics tell
   * @param samples what its file system told
   * @param held when its producers had to wait
   */
  record Seen(VolumeStory story, List<DiskGauge.Sample> samples, Optional<Instant> held) {}

  OverloadResult result(String rules) {
    List<Overloaded> volumes = seen.stream().map(this::overloaded).toList();
    List<Check> checks = new ArrayList<>();
    checks.add(
        check(
            "warnedBeforeFull",
            plain(volumes),
            volume -> volume.warnedSecond() < volume.heldSecond(),
            "VolumeWillFill came before the volume was full, by seconds: ",
            volume -> volume.heldSecond() - volume.warnedSecond()));
    checks.add(
        check(
            "predictionCameTrue",
            plain(volumes),
            volume ->
                volume.heldSecond() < volume.permittedSecond()
                    && Math.abs(volume.predictedSecond() - volume.heldSecond())
                        < PREDICTION_MAX_OFF_SECONDS,
            "full within the cool-down, and when it was told, but for seconds: ",
            volume -> volume.predictedSecond() - volume.heldSecond()));
    checks.add(
        check(
            "growsAgainAfterTheCoolDown",
            plain(volumes),
            volume -> volume.sizesBytes().equals(List.of(600L << 20, 750L << 20)),
            "600 MiB, then 750 MiB; the last one in MiB: ",
            volume -> volume.sizesBytes().getLast() >> 20));
    checks.add(
        check(
            "forecastIsLargeEnough",
            volumes.stream().filter(Overloaded::forecast).toList(),
            volume ->
                volume.sizesBytes().getFirst() > 600L << 20
                    && Double.isNaN(volume.heldSecond())
                    && Double.isNaN(volume.warnedSecond()),
            "no warning, nobody had to wait; first resize to MiB: ",
            volume -> volume.sizesBytes().getFirst() >> 20));
    checks.add(
        new Check(
            "neverFull",
            seen.stream()
                .flatMap(volume -> volume.samples().stream())
                .noneMatch(sample -> sample.use().isFull()),
            "the file systems always had room left"));
    checks.addAll(ClientChecks.of(pods, ledger, failedSends));
    return new OverloadResult(
        checks.stream().allMatch(Check::held),
        began.toString(),
        Host.describe(),
        rules,
        OverloadStory.BYTES_PER_SECOND,
        volumes,
        ledger,
        checks,
        seen.stream()
            .map(volume ->
                Curves.of(volume.story(), volume.samples(), OverloadStory.VOLUME_BYTES, began))
            .toList());
  }

  private Overloaded overloaded(Seen volume) {
    VolumeStory story = volume.story();
    Optional<VolumeStory.Told<VolumeWillFill>> warning =
        story.warnings().stream()
            .map(told ->
                new VolumeStory.Told<>(
                    told.at(), told.correlationId(), (VolumeWillFill) told.value().getDetail()))
            .findFirst();
    return new Overloaded(
        story.volume().broker(),
        OverloadStory.isForecast(story.volume()),
        story.expansions().stream().map(told -> told.value().getSizeBytes()).toList(),
        RowOutcome.second(story.expansions().stream().map(VolumeStory.Told::at).findFirst(), began),
        RowOutcome.second(warning.map(VolumeStory.Told::at), began),
        RowOutcome.second(warning.map(told -> told.value().getFullAt()), began),
        RowOutcome.second(warning.map(told -> told.value().getResizePermittedAt()), began),
        RowOutcome.second(volume.held(), began));
  }

  private static List<Overloaded> plain(List<Overloaded> volumes) {
    return volumes.stream().filter(volume -> !volume.forecast()).toList();
  }

  /** A figure of a volume. */
  private interface Figure {
    double of(Overloaded volume);
  }

  private static Check check(
      String name,
      List<Overloaded> volumes,
      Predicate<Overloaded> holds,
      String detail,
      Figure figure) {
    // A volume that was never resized has no figures.
    boolean complete = volumes.stream().noneMatch(volume -> volume.sizesBytes().isEmpty());
    List<String> figures =
        complete
            ? volumes.stream().map(volume -> "%.1f".formatted(figure.of(volume))).toList()
            : List.of("a volume was never resized");
    return new Check(name, complete && volumes.stream().allMatch(holds), detail + figures);
  }
}
