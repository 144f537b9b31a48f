package io.mooring.autopilot.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.autopilot.decision.RuleInput.ApprovalDecision;
import io.mooring.autopilot.decision.RuleState.ActionAwaitingApproval;
import io.mooring.autopilot.decision.VolumeWatch.Decision;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Volumes with rules, writers, people and a volume-manager that does everything late, twice or not
 * at all, under a seed; what must hold (I7) is checked after each step.
 */
class RandomStoryTest {

  private static final long MIB = 1L << 20;
  private static final long MAX_BYTES = 4000 * MIB;
  private static final int STORIES_PER_SEED = 40;
  private static final int STEPS = 400;
  private static final Map<String, Set<String>> PERMITTED =
      Map.of(
          "Initializing", Set.of("Normal"),
          "Normal", Set.of("Triggered", "Initializing"),
          "Triggered",
              Set.of(
                  "Normal",
                  "Initializing",
                  "ActionAwaitingApproval",
                  "ActionsDeclined",
                  "ActiveActionsPending"),
          "ActionAwaitingApproval",
              Set.of(
                  "Normal", "Initializing", "Triggered", "ActionsDeclined", "ActiveActionsPending"),
          "ActionsDeclined", Set.of("Normal", "Initializing", "Triggered"),
          "ActiveActionsPending",
              Set.of(
                  "Normal",
                  "Initializing",
                  "Triggered",
                  "ActionsDeclined",
                  "ActiveActionsInProgress"),
          "ActiveActionsInProgress",
              Set.of("ActiveActionsTaken", "ActiveActionsPending", "Initializing"),
          "ActiveActionsTaken", Set.of("Normal", "Triggered", "Initializing"));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void capacityOnlyGrowsNeverPastTheMaximumOncePerTrigger(long seed) {
    for (int i = 0; i < STORIES_PER_SEED; i++) {
      new Story(seed * 1000 + i).run();
    }
  }

  /** A step of the story that can be told again. */
  private record Recorded(Function<WatchedVolume, Decision> input, List<Outcome> outcomes) {}

  private static final class Story {
    private final long seed;
    private final Random random;
    private final VolumeWatch watch;
    private final List<Recorded> told = new ArrayList<>();
    private final List<UsageSample> samples = new ArrayList<>();
    private final Deque<ResizeOrder> commands = new ArrayDeque<>();
    private final Map<UUID, UUID> triggerOfCommand = new HashMap<>();
    private final Set<UUID> refused = new HashSet<>();
    private final Map<UUID, Integer> carriedOut = new HashMap<>();
    private RuleBook rules;
    private WatchedVolume known;
    private Instant now = FilledVolume.START;
    private long sizeBytes = 100 * MIB;
    private long measuredSizeBytes = sizeBytes;
    private long usedBytes;

    Story(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.watch = new VolumeWatch(Duration.ofSeconds(random.nextInt(20)));
      this.rules = randomRules();
      this.known = watch.described(null, facts());
    }

    void run() {
      WatchedVolume begin = known;
      RuleBook firstRules = rules;
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      if (rules == firstRules) {
        retell(begin);
      }
    }

    private void step() {
      int what = random.nextInt(100);
      if (what < 60) {
        write();
        measure();
      } else if (what < 72) {
        carryOut();
      } else if (what < 80) {
        measuredSizeBytes = sizeBytes;
      } else if (what < 84) {
        repeatOldSample();
      } else if (what < 88) {
        known = known.durable();
      } else if (what < 92) {
        refuse();
      } else if (what < 98) {
        decide();
      } else {
        rules = randomRules();
      }
    }

    private void write() {
      long change = random.nextLong(-5 * MIB, 30 * MIB);
      usedBytes = Math.clamp(usedBytes + change, 0, measuredSizeBytes);
    }

    private void measure() {
      now = now.plusSeconds(1 + random.nextInt(5));
      UsageSample sample =
          new UsageSample(now, measuredSizeBytes, measuredSizeBytes, usedBytes, 9, 1, -1);
      samples.add(sample);
      tell(before -> watch.measured(before, sample, rules));
    }

    private void repeatOldSample() {
      if (!samples.isEmpty() && known.newest() != null) {
        UsageSample old = samples.get(random.nextInt(samples.size()));
        Decision decision = watch.measured(known, old, rules);
        assertThat(decision.outcomes()).as("seed %d", seed).isEmpty();
      }
    }

    /** The volume-manager takes a command; it may take the same one again later. */
    private void carryOut() {
      if (commands.isEmpty()) {
        return;
      }
      ResizeOrder order = random.nextBoolean() ? commands.remove() : commands.peek();
      if (!refused.contains(order.commandId()) && order.toBytes() > sizeBytes) {
        sizeBytes = order.toBytes();
        carriedOut.merge(triggerOfCommand.get(order.commandId()), 1, Integer::sum);
        assertThat(carriedOut.values()).as("seed %d", seed).allMatch(times -> times == 1);
        VolumeFacts facts = facts();
        tell(before -> new Decision(watch.described(before, facts), List.of()));
      }
      if (random.nextBoolean()) {
        RuleInput grown = new RuleInput.Grown(sizeBytes, now);
        measuredSizeBytes = sizeBytes;
        tell(before -> watch.answered(before, grown, rules));
      }
    }

    private void refuse() {
      if (!commands.isEmpty() && commands.peek().toBytes() > sizeBytes) {
        ResizeOrder order = commands.remove();
        refused.add(order.commandId());
        RuleInput answer =
            new RuleInput.Refused(order.commandId().toString(), "VOL-034", "no", now);
        tell(before -> watch.answered(before, answer, rules));
      }
    }

    private void decide() {
      for (var track : known.tracks().entrySet()) {
        if (track.getValue().state() instanceof ActionAwaitingApproval awaiting) {
          ApprovalDecision[] choices = ApprovalDecision.values();
          var approval =
              new RuleInput.Approval(
                  awaiting.trigger().id(), choices[random.nextInt(choices.length)], "ann", now);
          tell(before -> watch.approved(before, track.getKey(), approval, rules));
        }
      }
    }

    private void tell(Function<WatchedVolume, Decision> input) {
      Decision decision = input.apply(known);
      assertThat(input.apply(known)).as("seed %d: determinism", seed).isEqualTo(decision);
      told.add(new Recorded(input, decision.outcomes()));
      known = decision.after();
      decision.outcomes().forEach(this::check);
    }

    private void check(Outcome outcome) {
      switch (outcome.effect()) {
        case Effect.Moved moved ->
            assertThat(PERMITTED.get(moved.from().name()))
                .as("seed %d: from %s", seed, moved.from().name())
                .contains(moved.to().name());
        case Effect.Resize(Trigger trigger, ResizeOrder order) -> {
          assertThat(order.toBytes())
              .as("seed %d", seed)
              .isGreaterThan(order.fromBytes())
              .isLessThanOrEqualTo(MAX_BYTES);
          assertThat(order.fromBytes()).as("seed %d", seed).isEqualTo(sizeBytes);
          assertThat(triggerOfCommand.put(order.commandId(), trigger.id()))
              .as("seed %d: a command is given once", seed)
              .isNull();
          assertThat(
                  triggerOfCommand.entrySet().stream()
                      .filter(entry -> entry.getValue().equals(trigger.id()))
                      .filter(entry -> !refused.contains(entry.getKey())))
              .as("seed %d: one open command per trigger", seed)
              .hasSize(1);
          commands.add(order);
        }
        case Effect.HeldBack _, Effect.WillFill _ -> {}
      }
    }

    /** The same inputs from the beginning give the same outcomes. */
    private void retell(WatchedVolume begin) {
      WatchedVolume volume = begin;
      for (Recorded recorded : told) {
        Decision decision = recorded.input().apply(volume);
        assertThat(decision.outcomes()).as("seed %d", seed).isEqualTo(recorded.outcomes());
        volume = decision.after();
      }
    }

    private VolumeFacts facts() {
      return new VolumeFacts("v1", "data", sizeBytes, Map.of("app", "kafka"));
    }

    private RuleBook randomRules() {
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
