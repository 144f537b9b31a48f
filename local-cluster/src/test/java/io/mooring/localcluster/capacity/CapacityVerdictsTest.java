package io.mooring.localcluster.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mooring.localcluster.DiskUse;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.orchestrator.PodIdentity;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.orchestrator.PodStep;
import io.mooring.localcluster.report.Check;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A check that cannot break proves nothing: every claim is broken here once. */
class CapacityVerdictsTest {

  private static final LedgerVerdict CLEAN = new LedgerVerdict(10, 10, 0, 0, 0, 0, 0);

  private final PaperStory story = PaperStory.told();
  private LedgerVerdict ledger = CLEAN;
  private long failedSends;
  private double heldBackSeconds;
  private int restarts;

  @Test
  void everyClaimHoldsWhenAllGoesAsInThePaper() {
    CapacityResult result = result();

    assertThat(broken(result)).isEmpty();
    assertThat(result.held()).isTrue();
    assertThat(result.toCommand()).isEqualTo(new CapacityResult.Reaction(1, 1));
    assertThat(result.toGrown()).isEqualTo(new CapacityResult.Reaction(2, 2));
    assertThat(result.rows()).extracting(RowOutcome::decidedSecond).containsExactly(11., 21., 31.);
    assertThat(result.rows().getFirst().readingPercent()).isCloseTo(81, within(0.01));
  }

  @Test
  void aVolumeThatIsDoubledPastTheMaximumBreaksTheSizes() {
    story.finalBytes = 1600L << 20;

    assertThat(broken(result())).containsExactly("sizeSteps");
  }

  @Test
  void aSecondResizeOfOneTriggerIsNoticed() {
    story.resize(23, 1000, 1000, UUID.randomUUID());

    assertThat(broken(result())).contains("oneResizePerTrigger", "sizeSteps");
  }

  @Test
  void aRepeatedCommandIsNoticedEvenIfItHasNoEffect() {
    story.command(23, 1000, "again", UUID.randomUUID());

    assertThat(broken(result())).containsExactly("oneResizePerTrigger", "explainable");
  }

  @Test
  void aSecondDeclineIsNoticed() {
    story.decline(35, 803);

    assertThat(broken(result())).containsExactly("declinedOnce");
  }

  @Test
  void aDeclineBelowTheThresholdIsNoticed() {
    story.events.removeLast();
    story.events.removeLast();
    story.decline(31, 799);

    assertThat(broken(result())).containsExactly("declinedOnce");
  }

  @Test
  void aFileSystemThatStaysBehindItsVolumeIsNoticed() {
    story.look(41, 800, 650);

    assertThat(broken(result())).containsExactly("fileSystemsGrew");
  }

  @Test
  void aFileSystemThatWasFullIsNoticed() {
    story.samples.add(2, new DiskGauge.Sample(PaperStory.BEGAN, full()));

    assertThat(broken(result())).contains("neverFull");
  }

  @Test
  void aResizeBeforeTheThresholdIsNoticed() {
    story.samples.removeIf(sample -> sample.use().usedBytes() == 321L << 20);

    assertThat(broken(result())).contains("onlyAboveThreshold");
  }

  @Test
  void whatClientsNoticeIsNoticed() {
    ledger = new LedgerVerdict(10, 9, 1, 0, 0, 0, 0);
    failedSends = 1;
    restarts = 1;

    assertThat(broken(result()))
        .containsExactly("producerErrors", "recordsIntact", "brokersNeverStopped");
  }

  @Test
  void producersThatHadToWaitBreakTheCalmStoryOnly() {
    heldBackSeconds = 2;

    assertThat(broken(result())).containsExactly("producersNeverWaited");
    assertThat(broken(resultOf(List.of(new CapacityResult.Struck(1, "kill-service", "x")))))
        .isEmpty();
  }

  private static DiskUse full() {
    return new DiskUse(336L << 20, 336L << 20);
  }

  private CapacityResult result() {
    return resultOf(List.of());
  }

  private CapacityResult resultOf(List<CapacityResult.Struck> faults) {
    PodStatus pod =
        new PodStatus(new PodIdentity("kafka-broker", 0), "n1", PodStep.READY, restarts, "");
    CapacityEvidence evidence =
        new CapacityEvidence(
            PaperStory.BEGAN,
            List.of(story.seen()),
            List.of(pod),
            ledger,
            failedSends,
            heldBackSeconds);
    return new CapacityVerdicts(evidence).result("rule", null, faults);
  }

  private static List<String> broken(CapacityResult result) {
    return result.checks().stream().filter(check -> !check.held()).map(Check::name).toList();
  }
}
