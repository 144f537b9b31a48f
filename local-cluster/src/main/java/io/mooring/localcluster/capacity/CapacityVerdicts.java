package io.mooring.localcluster.capacity;

import io.mooring.localcluster.DiskUse;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Host;
import io.mooring.localcluster.report.Median;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ExpandVolume;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.VolumeExpanded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Judges what was seen: each claim of the demonstration is one check. */
final class CapacityVerdicts {

  /** What is called "within seconds". */
  private static final double REACTION_MAX_SECONDS = 10;

  private static final List<Long> SIZES =
      Stream.of(PaperRow.values()).filter(PaperRow::grows).map(PaperRow::toBytes).toList();

  private final CapacityEvidence evidence;
  private final List<RowOutcome> outcomes = new ArrayList<>();

  CapacityVerdicts(CapacityEvidence evidence) {
    this.evidence = evidence;
    for (CapacityEvidence.Seen seen : evidence.volumes()) {
      for (PaperRow row : PaperRow.values()) {
        outcomes.add(RowOutcome.of(row, seen.story(), seen.samples(), evidence.began()));
      }
    }
  }

  /**
   * The whole result.
   *
   * @param seed seed of the faults, null without
   */
  CapacityResult result(String rule, @Nullable Long seed, List<CapacityResult.Struck> faults) {
    List<Check> all = new ArrayList<>(checks());
    if (faults.isEmpty()) {
      all.addAll(calmChecks());
    }
    return new CapacityResult(
        all.stream().allMatch(Check::held),
        evidence.began().toString(),
        Host.describe(),
        rule,
        seed,
        faults,
        reaction(RowOutcome::decidedAfter),
        reaction(RowOutcome::grownAfter),
        List.copyOf(outcomes),
        evidence.heldBackSeconds(),
        evidence.ledger(),
        all,
        evidence.volumes().stream()
            .map(seen ->
                Curves.of(
                    seen.story(), seen.samples(), PaperRow.DOUBLED.fromBytes(), evidence.began()))
            .toList());
  }

  /** What holds under all circumstances. */
  List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    checks.addAll(sizes());
    checks.addAll(decisions());
    checks.addAll(ClientChecks.of(evidence.pods(), evidence.ledger(), evidence.failedSends()));
    return checks;
  }

  /** What holds as long as nothing fails. */
  List<Check> calmChecks() {
    CapacityResult.Reaction grown = reaction(RowOutcome::grownAfter);
    return List.of(
        check(
            "reaction",
            grown.maxSeconds() <= REACTION_MAX_SECONDS,
            "file system larger at most %.1f s after the threshold was crossed, median %.1f s",
            grown.maxSeconds(),
            grown.medianSeconds()),
        check(
            "producersNeverWaited",
            evidence.heldBackSeconds() == 0,
            "producers were held back for %.1f s",
            evidence.heldBackSeconds()));
  }

  private List<Check> sizes() {
    return List.of(
        everyVolume(
            "sizeSteps",
            "the catalogue has 400, 800 and 1000 MiB, in this order and nothing else: %s",
            seen ->
                seen.finalBytes() == PaperRow.REJECTED.toBytes()
                    && seen.story().expansions().stream()
                        .map(told -> told.value().getSizeBytes())
                        .toList()
                        .equals(SIZES)),
        everyVolume(
            "fileSystemsGrew",
            "the file system on the node has grown by as many bytes as the volume: %s",
            CapacityVerdicts::hasFileSystemGrown),
        everyVolume(
            "neverFull",
            "the file system always had room left: %s",
            seen -> seen.samples().stream().noneMatch(sample -> sample.use().isFull())));
  }

  private List<Check> decisions() {
    return List.of(
        everyVolume(
            "oneResizePerTrigger",
            "two commands to grow, of two triggers, with two ids: %s",
            CapacityVerdicts::isOneResizePerTrigger),
        everyVolume(
            "declinedOnce",
            "growth was declined once, at the maximum and above its threshold: %s",
            CapacityVerdicts::isDeclinedOnce),
        check(
            "onlyAboveThreshold",
            outcomes.stream().allMatch(row -> row.readingPercent() > PaperRow.THRESHOLD_PERCENT)
                && outcomes.stream().allMatch(row -> row.decidedAfter() >= 0),
            "decided at readings of %.2f to %.2f %%, each after the file system was seen above 80 %%",
            outcomes.stream().mapToDouble(RowOutcome::readingPercent).min().orElse(Double.NaN),
            outcomes.stream().mapToDouble(RowOutcome::readingPercent).max().orElse(Double.NaN)),
        everyVolume(
            "explainable",
            "one correlation id from each trigger to its resize: %s",
            CapacityVerdicts::isExplainable));
  }

  /** What a file system keeps for itself was there before it grew. */
  private static boolean hasFileSystemGrown(CapacityEvidence.Seen seen) {
    DiskUse first = seen.samples().getFirst().use();
    DiskUse last = seen.samples().getLast().use();
    return last.totalBytes() - first.totalBytes()
        == PaperRow.REJECTED.toBytes() - PaperRow.DOUBLED.fromBytes();
  }

  private static boolean isOneResizePerTrigger(CapacityEvidence.Seen seen) {
    VolumeStory story = seen.story();
    Set<String> triggers =
        story.requests().stream()
            .map(request -> Optional.ofNullable(request.value().getTriggerId()).orElse(""))
            .collect(Collectors.toSet());
    Set<String> keys =
        story.commands().stream()
            .map(command -> command.value().getIdempotencyKey())
            .collect(Collectors.toSet());
    List<Long> commanded =
        story.commands().stream()
            .map(command -> ((ExpandVolume) command.value().getDetail()).getSizeBytes())
            .toList();
    return story.requests().size() == SIZES.size()
        && triggers.size() == SIZES.size()
        && keys.size() == SIZES.size()
        && commanded.equals(SIZES);
  }

  private static boolean isDeclinedOnce(CapacityEvidence.Seen seen) {
    List<VolumeStory.Told<AutopilotEvent>> declines = seen.story().declines();
    return declines.size() == 1
        && declines.getFirst().value().getDetail() instanceof RuleMoved moved
        && moved.getReason().equals("MAXIMUM_REACHED")
        && moved.getUsage() != null
        && moved.getUsage().getFsUsedBytes() > PaperRow.REJECTED.thresholdBytes();
  }

  private static boolean isExplainable(CapacityEvidence.Seen seen) {
    VolumeStory story = seen.story();
    Set<UUID> triggers = ids(story.triggers());
    Set<UUID> requests = ids(story.requests());
    Set<UUID> commands = ids(story.commands());
    Set<UUID> expansions = ids(story.expansions());
    return requests.size() == SIZES.size()
        && triggers.containsAll(requests)
        && commands.equals(requests)
        && expansions.equals(requests);
  }

  private static <T> Set<UUID> ids(List<VolumeStory.Told<T>> told) {
    return told.stream().flatMap(t -> t.correlationId().stream()).collect(Collectors.toSet());
  }

  private Stream<RowOutcome> resizes() {
    return outcomes.stream().filter(row -> row.row() != PaperRow.REJECTED.number());
  }

  private CapacityResult.Reaction reaction(Function<RowOutcome, Double> seconds) {
    List<Double> all = resizes().map(seconds).filter(value -> !Double.isNaN(value)).toList();
    return all.isEmpty()
        ? new CapacityResult.Reaction(Double.NaN, Double.NaN)
        : new CapacityResult.Reaction(Median.of(all), Collections.max(all));
  }

  private Check everyVolume(String name, String detail, Predicate<CapacityEvidence.Seen> holds) {
    List<String> broken =
        evidence.volumes().stream()
            .filter(holds.negate())
            .map(seen -> describe(seen.story()))
            .toList();
    int all = evidence.volumes().size();
    return check(
        name,
        broken.isEmpty(),
        detail,
        "%d of %d volumes%s"
            .formatted(all - broken.size(), all, broken.isEmpty() ? "" : ", but not " + broken));
  }

  private static String describe(VolumeStory story) {
    return "%s (sizes %s, %d requests, %d commands, %d declines)"
        .formatted(
            story.volume().volumeName(),
            story.expansions().stream()
                .map(told -> told.value())
                .map(VolumeExpanded::getSizeBytes)
                .map(bytes -> bytes / PaperRow.MIB)
                .toList(),
            story.requests().size(),
            story.commands().size(),
            story.declines().size());
  }

  private static Check check(String name, boolean held, String detail, Object... values) {
    return new Check(name, held, detail.formatted(values));
  }
}
