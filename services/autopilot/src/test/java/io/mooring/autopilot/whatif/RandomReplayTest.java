package io.mooring.autopilot.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.ResizeOrder;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.RuleInput.ApprovalDecision;
import io.mooring.autopilot.decision.RuleState.ActionAwaitingApproval;
import io.mooring.autopilot.decision.Rules;
import io.mooring.autopilot.decision.SampleGate;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.VolumeWatch.Decision;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import io.mooring.autopilot.whatif.WhatIfReport.Difference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stories of a volume under a seed, with a volume-manager that does things late or refuses them,
 * with people who decide, and with somebody who resizes by hand: recorded, then replayed.
 */
class RandomReplayTest {

  private static final long MIB = 1L << 20;
  private static final long MAX_BYTES = 4000 * MIB;
  private static final int STORIES_PER_SEED = 60;
  private static final int STEPS = 400;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(7);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void unchangedRulesGiveExactlyTheDecisionsThatWereTaken(long seed) {
    int resizes = 0;
    for (int i = 0; i < STORIES_PER_SEED; i++) {
      Story story = new Story(seed * 1000 + i);
      story.run();
      List<Outcome> replayed = new ArrayList<>();
      WhatIfReport report = story.replay(story.rules, Story.START, replayed);
      assertThat(replayed).as("story %d", story.seed).isEqualTo(story.outcomes);
      assertThat(report.resizes())
          .as("story %d", story.seed)
          .allMatch(resize -> resize.difference() == Difference.SAME);
      assertThat(report.notMade()).as("story %d", story.seed).isEmpty();
      assertThat(report.would()).as("story %d", story.seed).isEqualTo(report.did());
      resizes += report.resizes().size();

      Instant later = Story.START.plusSeconds(100);
      List<Outcome> fromLater = new ArrayList<>();
      assertThat(story.replay(story.rules, later, fromLater).notMade()).isEmpty();
      assertThat(fromLater).as("story %d", story.seed).isEqualTo(story.outcomesSince(later));
    }
    assertThat(resizes).isGreaterThan(STORIES_PER_SEED);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void underOtherRulesTheVolumeOnlyGrowsFromTheSizeItWouldHave(long seed) {
    int different = 0;
    for (int i = 0; i < STORIES_PER_SEED; i++) {
      Story story = new Story(seed * 1000 + i);
      story.run();
      Random random = new Random(seed * 7919 + i);
      Instant from = Story.START.plusSeconds(random.nextInt(600));
      List<Outcome> replayed = new ArrayList<>();
      WhatIfReport report = story.replay(Story.randomRules(random), from, replayed);
      long size = 0;
      for (Outcome outcome : replayed) {
        if (outcome.effect() instanceof Effect.Resize resize) {
          assertThat(resize.order().fromBytes())
              .as("story %d", story.seed)
              .isGreaterThanOrEqualTo(size);
          assertThat(resize.order().toBytes())
              .as("story %d", story.seed)
              .isGreaterThan(resize.order().fromBytes())
              .isLessThanOrEqualTo(MAX_BYTES);
          size = resize.order().fromBytes();
        }
      }
      assertThat(report.would().highestFillPercent()).isLessThanOrEqualTo(100);
      different += report.notMade().size();
    }
    assertThat(different).isPositive();
  }

  private static final class Story {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ID = "v1";

    private final long seed;
    private final Random random;
    private final VolumeWatch watch = new VolumeWatch(RETRY_AFTER);
    private final RuleBook rules;
    private final List<Recorded> records = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Instant> moments = new ArrayList<>();
    private final TakenDecisions taken = new TakenDecisions();
    private final Deque<ResizeOrder> commands = new ArrayDeque<>();
    private WatchedVolume known;
    private Instant now = START;
    private long sizeBytes = 100 * MIB;
    private long measuredSizeBytes = sizeBytes;
    private long fsBytes = sizeBytes;
    private long usedBytes;

    Story(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.rules = randomRules(random);
      this.known = watch.described(null, facts());
      records.add(new Recorded.Described(now, facts()));
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        now = now.plusMillis(200 + random.nextInt(3000));
        step();
      }
    }

    private void step() {
      int what = random.nextInt(100);
      if (what < 65) {
        measure();
      } else if (what < 75) {
        carryOut();
      } else if (what < 83) {
        measuredSizeBytes = sizeBytes;
      } else if (what < 90) {
        fsBytes = measuredSizeBytes;
        reportGrowth();
      } else if (what < 92) {
        refuse();
      } else if (what < 99) {
        decide();
      } else {
        resizeByHand();
      }
    }

    private void measure() {
      usedBytes = Math.clamp(usedBytes + random.nextLong(-5 * MIB, 30 * MIB), 0, fsBytes);
      UsageSample sample = new UsageSample(now, measuredSizeBytes, fsBytes, usedBytes, 9, 1, -1);
      records.add(new Recorded.Measured(now, ID, sample));
      accept(watch.measured(known, sample, rules));
    }

    private void carryOut() {
      if (!commands.isEmpty()) {
        ResizeOrder order = commands.remove();
        if (order.toBytes() > sizeBytes) {
          resize(order.toBytes());
        }
      }
    }

    private void resize(long bytes) {
      sizeBytes = bytes;
      records.add(
          random.nextBoolean()
              ? new Recorded.Expanded(now, ID, sizeBytes)
              : new Recorded.Described(now, facts()));
      known = watch.described(known, facts());
    }

    private void resizeByHand() {
      // An order that is out would name another size than that which it was made for.
      if (commands.isEmpty() && sizeBytes == fsBytes && sizeBytes < 1000 * MIB) {
        resize(sizeBytes + MIB * (1 + random.nextInt(50)));
      }
    }

    private void reportGrowth() {
      RuleInput grown = new RuleInput.Grown(fsBytes, now);
      records.add(new Recorded.Answered(now, ID, grown));
      accept(watch.answered(known, grown, rules));
    }

    private void refuse() {
      if (!commands.isEmpty()) {
        RuleInput answer =
            new RuleInput.Refused(commands.remove().commandId().toString(), "VOL-034", "no", now);
        records.add(new Recorded.Answered(now, ID, answer));
        accept(watch.answered(known, answer, rules));
      }
    }

    private void decide() {
      for (var track : known.tracks().entrySet()) {
        if (track.getValue().state() instanceof ActionAwaitingApproval awaiting) {
          decide(track.getKey(), awaiting.trigger().id());
        }
      }
    }

    private void decide(String rule, UUID trigger) {
      ApprovalDecision[] choices = ApprovalDecision.values();
      var approval =
          new RuleInput.Approval(trigger, choices[random.nextInt(choices.length)], "ann", now);
      records.add(new Recorded.Approved(now, ID, rule, approval));
      accept(watch.approved(known, rule, approval, rules));
    }

    private void accept(Decision decision) {
      known = decision.after();
      outcomes.addAll(decision.outcomes());
      decision.outcomes().forEach(_ -> moments.add(now));
      for (Outcome outcome : decision.outcomes()) {
        switch (outcome.effect()) {
          case Effect.Resize resize -> asked(outcome.rule(), resize.order());
          case Effect.HeldBack _ -> taken.add(ID, TakenDecisions.Incident.HELD_BACK);
          case Effect.WillFill _ -> taken.add(ID, TakenDecisions.Incident.WILL_FILL);
          case Effect.Moved moved -> {
            switch (moved.to().name()) {
              case "ActionsDeclined" -> taken.add(ID, TakenDecisions.Incident.DECLINED);
              case "ActionAwaitingApproval" ->
                  taken.add(ID, TakenDecisions.Incident.APPROVAL_AWAITED);
              default -> {}
            }
          }
        }
      }
    }

    private void asked(String rule, ResizeOrder order) {
      commands.add(order);
      taken.add(
          new TakenResize(
              now, rule, ID, "data", order.commandId(), order.fromBytes(), order.toBytes()));
    }

    List<Outcome> outcomesSince(Instant from) {
      long before = moments.stream().filter(moment -> moment.isBefore(from)).count();
      return outcomes.subList((int) before, outcomes.size());
    }

    WhatIfReport replay(RuleBook changed, Instant from, List<Outcome> into) {
      Findings findings = new Findings(from, now.plusSeconds(1), taken);
      Replay replay =
          new Replay(
              new Replay.Plan(
                  from, rules, changed, new SampleGate(Duration.ofSeconds(30)), RETRY_AFTER),
              Map.of(),
              taken,
              (volume, outcome, at, asTaken) -> {
                findings.decided(volume, outcome, at, asTaken);
                into.add(outcome);
              });
      records.forEach(replay::take);
      findings.add(replay);
      return findings.report(changed);
    }

    private VolumeFacts facts() {
      return new VolumeFacts(ID, "data", sizeBytes, Map.of("app", "kafka"));
    }

    static RuleBook randomRules(Random random) {
      String[] more = {
        "actionsCoolDownPeriod: " + random.nextInt(60),
        "actionsCoolDownPeriod: 0",
        "enforcement: approvalRequired",
        "weight: 3"
      };
      String first =
          Rules.rule(
              "first",
              Rules.USAGE,
              "Gt",
              Integer.toString(50 + random.nextInt(40)),
              Integer.toString(10 + random.nextInt(100)),
              "4000Mi",
              more[random.nextInt(more.length)]);
      String second =
          Rules.rule("second", Rules.USAGE, "Gt", "60", "25", "2000Mi", "")
              .replace("  expressions:", "  for: 10\n    expressions:")
              .replace(
                  "name: second", "name: second\n  annotations: {mooring.io/forecast: \"true\"}");
      return random.nextBoolean() ? Rules.book(first) : Rules.book(first, second);
    }
  }
}
