package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.RuleInput.ApprovalDecision;
import io.mooring.autopilot.decision.RuleState.ActionAwaitingApproval;
import io.mooring.autopilot.decision.RuleState.ActiveActionsInProgress;
import io.mooring.autopilot.decision.RuleState.ActiveActionsTaken;
import io.mooring.autopilot.decision.RuleState.Normal;
import io.mooring.autopilot.decision.RuleState.Triggered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VolumeWatchTest {

  private static final long GB = 1_000_000_000L;
  private static final Map<String, String> KAFKA = Map.of("app", "kafka");
  private static final String RULE = "kafka-resize";
  private static final Duration TICK = Duration.ofSeconds(2);

  @Test
  void aResizeLeadsThroughAllStatesAndEachMoveKeepsItsEvidence() {
    FilledVolume volume = paper("");
    use(volume, 330);
    use(volume, 330);

    assertThat(volume.states())
        .containsExactly(
            "Normal",
            "Triggered",
            "ActiveActionsPending",
            "ActiveActionsInProgress",
            "ActiveActionsTaken");
    assertThat(volume.effects(Effect.Moved.class))
        .allSatisfy(moved -> assertThat(moved.evidence()).isNotNull());
    assertThat(volume.effects(Effect.Moved.class).get(1).evidence().readings().getFirst().reading())
        .hasToString("Known[value=82.500]");
    Effect.Resize resize = volume.effects(Effect.Resize.class).getFirst();
    assertThat(resize.order().commandId()).isEqualTo(resize.trigger().commandId(1));
    assertThat(resize.trigger()).isEqualTo(Trigger.of(RULE, "v1", resize.trigger().at()));
  }

  @Test
  void whileGrowthIsOnItsWayNothingIsAskedForAgain() {
    FilledVolume volume = paper("actionsCoolDownPeriod: 0").executing(false);
    for (int i = 0; i < 10; i++) {
      use(volume, 390);
      volume.repeatLast();
    }
    assertThat(volume.resizes()).containsExactly(800 * GB);
    assertThat(volume.state(RULE)).isInstanceOf(ActiveActionsInProgress.class);
  }

  @Test
  void theCoolDownHoldsBackAndSaysSoOnce() {
    FilledVolume volume = paper("actionsCoolDownPeriod: 60");
    use(volume, 330);
    for (int i = 0; i < 29; i++) {
      use(volume, 700);
    }
    assertThat(volume.resizes()).containsExactly(800 * GB);
    assertThat(volume.effects(Effect.HeldBack.class)).hasSize(1);

    use(volume, 700);
    use(volume, 700);
    assertThat(volume.resizes()).containsExactly(800 * GB, 1000 * GB);
  }

  @Test
  void conditionsMustHoldWithoutABreak() {
    String rule = Rules.paper("1T", "").replace("  expressions:", "  for: 10\n    expressions:");
    FilledVolume volume = new FilledVolume(400 * GB, KAFKA, Rules.book(rule));
    for (long used : List.of(330, 330, 330, 330, 310, 330, 330, 330, 330, 330)) {
      use(volume, used);
    }
    assertThat(volume.resizes()).isEmpty();

    use(volume, 330);
    assertThat(volume.resizes()).containsExactly(800 * GB);
  }

  @Test
  void afterTheCoolDownConditionsMustHoldAsLongAsEver() {
    String rule =
        Rules.paper("1T", "actionsCoolDownPeriod: 20")
            .replace("  expressions:", "  for: 10\n    expressions:");
    FilledVolume volume = new FilledVolume(400 * GB, KAFKA, Rules.book(rule));
    for (int i = 0; i < 7; i++) {
      use(volume, 330);
    }
    assertThat(volume.state(RULE)).isInstanceOf(ActiveActionsTaken.class);
    for (int i = 0; i < 10; i++) {
      use(volume, 700);
    }
    assertThat(volume.state(RULE)).isInstanceOf(Normal.class);

    for (int i = 0; i < 4; i++) {
      use(volume, 700);
    }
    assertThat(volume.resizes()).containsExactly(800 * GB);
    use(volume, 700);
    assertThat(volume.resizes()).containsExactly(800 * GB, 1000 * GB);
  }

  @Test
  void anApprovedActionIsDoneExactlyAsPreviewed() {
    FilledVolume volume = paper("enforcement: approvalRequired");
    use(volume, 330);
    assertThat(volume.resizes()).isEmpty();
    var awaiting = (ActionAwaitingApproval) volume.state(RULE);
    assertThat(awaiting.preview()).isEqualTo(new Preview(400 * GB, 800 * GB));

    volume.after(TICK).approve(awaiting.trigger().id(), ApprovalDecision.APPROVE);
    assertThat(volume.resizes()).isEmpty();
    use(volume, 330);
    assertThat(volume.resizes()).containsExactly(800 * GB);
    use(volume, 330);
    assertThat(volume.states())
        .containsExactly(
            "Normal",
            "Triggered",
            "ActionAwaitingApproval",
            "ActiveActionsPending",
            "ActiveActionsInProgress",
            "ActiveActionsTaken");
  }

  @Test
  void aDeclinedActionIsNotAskedForAgainUntilTheConditionsClear() {
    FilledVolume volume = paper("enforcement: approvalRequired");
    use(volume, 330);
    var awaiting = (ActionAwaitingApproval) volume.state(RULE);
    volume.after(TICK).approve(awaiting.trigger().id(), ApprovalDecision.DECLINE);
    use(volume, 340);
    use(volume, 350);
    assertThat(volume.state(RULE).name()).isEqualTo("ActionsDeclined");

    use(volume, 300);
    use(volume, 330);
    assertThat(volume.state(RULE)).isInstanceOf(ActionAwaitingApproval.class);
    assertThat(((ActionAwaitingApproval) volume.state(RULE)).trigger())
        .isNotEqualTo(awaiting.trigger());
  }

  @Test
  void aWithdrawnApprovalIsAskedForAnewAndTheOldOneCounts() {
    FilledVolume volume = paper("enforcement: approvalRequired");
    use(volume, 330);
    var first = (ActionAwaitingApproval) volume.state(RULE);
    volume.after(TICK).approve(first.trigger().id(), ApprovalDecision.WITHDRAW);
    assertThat(volume.state(RULE)).isInstanceOf(Triggered.class);
    use(volume, 330);
    assertThat(volume.state(RULE)).isInstanceOf(ActionAwaitingApproval.class);

    volume.after(TICK).approve(first.trigger().id(), ApprovalDecision.APPROVE);
    use(volume, 330);
    assertThat(volume.resizes()).as("the old approval is for nothing any more").isEmpty();
  }

  @Test
  void aRefusedResizeIsTriedAgainAfterAPauseUnderAnIdOfItsOwn() {
    FilledVolume volume = paper("").executing(false);
    use(volume, 330);
    volume.refuse("VOL-034");
    use(volume, 330);
    assertThat(volume.resizes()).hasSize(1);
    assertThat(volume.reasons()).contains(Reason.ACTION_FAILED);

    volume.executing(true).after(Duration.ofSeconds(30));
    use(volume, 330);
    use(volume, 330);
    assertThat(volume.resizes()).containsExactly(800 * GB, 800 * GB);
    assertThat(volume.effects(Effect.Resize.class).stream().map(r -> r.order().commandId()))
        .doesNotHaveDuplicates();
    assertThat(volume.effects(Effect.Resize.class).stream().map(Effect.Resize::trigger).distinct())
        .hasSize(1);
    assertThat(volume.state(RULE)).isInstanceOf(ActiveActionsTaken.class);
  }

  @Test
  void theHeavierRuleActsAndTheOtherLooksAgainAfterwards() {
    String heavy = Rules.rule("z-heavy", Rules.USAGE, "Gt", "80", "100", "", "weight: 5");
    String light = Rules.rule("a-light", Rules.USAGE, "Gt", "50", "50", "", "");
    FilledVolume volume = new FilledVolume(400 * GB, KAFKA, Rules.book(light, heavy));
    use(volume, 390);
    assertThat(volume.resizes()).containsExactly(800 * GB);
    assertThat(volume.state("a-light")).isInstanceOf(Triggered.class);

    use(volume, 390);
    assertThat(volume.state("a-light"))
        .as("390 of 800 is not above 50 %")
        .isInstanceOf(Normal.class);
    assertThat(volume.resizes()).hasSize(1);
  }

  @Test
  void aMeasurementAgainstTheOldSizeTriggersNothing() {
    VolumeWatch watch = new VolumeWatch(TICK);
    RuleBook rules = Rules.book(Rules.paper("", ""));
    WatchedVolume known = watch.described(null, new VolumeFacts("v", "v", 800 * GB, KAFKA));

    var decision = watch.measured(known, sample(400 * GB, 390 * GB), rules);

    assertThat(decision.after().tracks().get(RULE).state()).isInstanceOf(Normal.class);
  }

  @Test
  void whatIsNotMeasuredTriggersNothing() {
    VolumeWatch watch = new VolumeWatch(TICK);
    RuleBook rules = Rules.book(Rules.rule("r", Rules.USAGE, "Lt", "80", "100", "", ""));
    WatchedVolume known = watch.described(null, new VolumeFacts("v", "v", 400 * GB, KAFKA));
    UsageSample unmounted = new UsageSample(FilledVolume.START, 400 * GB, -1, -1, -1, -1, 5 * GB);

    assertThat(watch.measured(known, unmounted, rules).outcomes()).hasSize(1);
  }

  @Test
  void aChangedRuleIsTakenUpAtOnceAndWhatWasBegunIsFinished() {
    FilledVolume volume = new FilledVolume(1000 * GB, KAFKA, Rules.book(Rules.paper("1T", "")));
    use(volume, 900);
    assertThat(volume.state(RULE).name()).isEqualTo("ActionsDeclined");

    volume.rules(Rules.book(Rules.paper("4T", ""))).executing(false);
    use(volume, 900);
    assertThat(volume.resizes()).containsExactly(2000 * GB);

    volume.rules(Rules.book(Rules.paper("3T", "")));
    use(volume, 900);
    assertThat(volume.state(RULE)).isInstanceOf(ActiveActionsInProgress.class);
    assertThat(volume.resizes()).hasSize(1);
  }

  @Test
  void onlySelectedVolumesAreWatched() {
    FilledVolume other =
        new FilledVolume(400 * GB, Map.of("app", "web"), Rules.book(Rules.paper("", "")));
    use(other, 390);
    assertThat(other.outcomes()).isEmpty();

    String inProd =
        Rules.paper("", "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}");
    Map<String, String> labels = Map.of("app", "kafka", "csi.storage.k8s.io/pvc/namespace", "prod");
    FilledVolume selected = new FilledVolume(400 * GB, labels, Rules.book(inProd));
    use(selected, 390);
    assertThat(selected.resizes()).hasSize(1);

    FilledVolume nowhere = new FilledVolume(400 * GB, KAFKA, Rules.book(inProd));
    use(nowhere, 390);
    assertThat(nowhere.outcomes()).isEmpty();
  }

  @Test
  void aRemovedRuleLeavesNothingBehind() {
    FilledVolume volume = paper("");
    use(volume, 100);
    volume.rules(RuleBook.EMPTY);
    use(volume, 390);

    assertThat(volume.states()).containsExactly("Normal", "Initializing");
    assertThat(volume.resizes()).isEmpty();
  }

  @Test
  void growthThatOutrunsTheCoolDownIsReportedBeforeTheVolumeIsFull() {
    FilledVolume volume = paper("actionsCoolDownPeriod: 300");
    long used = 0;
    while (volume.effects(Effect.WillFill.class).isEmpty()) {
      used += 10;
      use(volume, used);
    }
    var report = volume.effects(Effect.WillFill.class).getFirst();
    assertThat(used).isLessThan(400);
    assertThat(report.bytesPerSecond()).isEqualTo(5.0 * GB);
    assertThat(report.fullAt()).isBefore(report.resizePermittedAt());
    assertThat(volume.resizes()).containsExactly(800 * GB);
  }

  @Test
  void aForecastSizesTheVolumeForTheNextPermittedResize() {
    String rule =
        Rules.paper("", "actionsCoolDownPeriod: 300")
            .replace(
                "name: kafka-resize",
                "name: kafka-resize\n  annotations: {mooring.io/forecast: \"true\"}");
    FilledVolume volume = new FilledVolume(400 * GB, KAFKA, Rules.book(rule));
    for (long used = 10; used <= 1800; used += 10) {
      use(volume, used);
      assertThat(used * GB).isLessThan(volume.sizeBytes());
    }
    // 330 GB used, 5 GB/s for 300 s, and a quarter more; rounded up to 4 KiB.
    assertThat(volume.resizes().getFirst()).isEqualTo(2_287_500_001_280L);
    assertThat(volume.effects(Effect.WillFill.class)).isEmpty();
  }

  @Test
  void growthOutsideOfTheAutopilotIsTakenIntoAccount() {
    GrowthTrack track = GrowthTrack.EMPTY;
    Instant at = FilledVolume.START;
    for (int i = 0; i < 40; i++) {
      track = track.observe(new UsageSample(at, 400 * GB, 400 * GB, i * 10 * GB, 1, 1, -1));
      at = at.plusSeconds(10);
    }
    assertThat(track.points()).hasSize(16);
    UsageSample quiet =
        new UsageSample(at.plusSeconds(500), 400 * GB, 400 * GB, 390 * GB, 1, 1, -1);
    assertThat(track.bytesPerSecond(quiet)).isLessThan(0.3 * GB);
    UsageSample deleted = new UsageSample(at, 400 * GB, 400 * GB, GB, 1, 1, -1);
    assertThat(track.bytesPerSecond(deleted)).isZero();
  }

  @Test
  void numbersThatAreOldOrCannotBeTrueAreKeptOut() {
    SampleGate gate = new SampleGate(Duration.ofSeconds(30));
    Instant now = FilledVolume.START;
    UsageSample good = sample(400, 390);
    assertThat(gate.refuse(good, now)).isEmpty();
    assertThat(gate.refuse(good, now.plusSeconds(31))).contains(SampleGate.Refusal.STALE);
    assertThat(gate.refuse(good, now.minusSeconds(31)))
        .contains(SampleGate.Refusal.FROM_THE_FUTURE);
    assertThat(gate.refuse(sample(400, 401), now)).contains(SampleGate.Refusal.IMPOSSIBLE);
    assertThat(gate.refuse(new UsageSample(now, 400, 400, 1, 5, 6, -1), now))
        .contains(SampleGate.Refusal.IMPOSSIBLE);
    assertThat(gate.refuse(new UsageSample(now, 400, -1, -1, -1, -1, -1), now)).isEmpty();
  }

  @Test
  void knownVolumesKeepTheirStateWithoutTheNewestMeasurement() {
    WatchedVolume known =
        WatchedVolume.unmeasured(new VolumeFacts("v", "v", 1, Map.of())).measured(sample(1, 1));
    assertThat(known.durable().newest()).isNull();
    assertThat(known.durable().facts()).isEqualTo(known.facts());
  }

  private static FilledVolume paper(String moreSpec) {
    return new FilledVolume(400 * GB, KAFKA, Rules.book(Rules.paper("1T", moreSpec)));
  }

  private static void use(FilledVolume volume, long usedGb) {
    volume.after(TICK).use(usedGb * GB).measure();
  }

  private static UsageSample sample(long capacity, long used) {
    return new UsageSample(FilledVolume.START, capacity, capacity, used, 1, 1, -1);
  }
}
