package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.BrokerVolumes;
import io.mooring.autopilot.decision.Claim;
import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.RuleInput;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.VolumeWatch.Decision;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One volume of a replay: as the replayed rules know it, and as it really was. */
final class ReplayedVolume {

  private final Replay.Plan plan;
  private final VolumeWatch watch;
  private final CapacityModel model;
  private final Replay.Sink sink;
  private final Tally would = new Tally();
  private final Tally did = new Tally();
  private @Nullable WatchedVolume known;
  private @Nullable Claim claim;
  private Instant now = Instant.EPOCH;
  private long unfittedBytes;

  ReplayedVolume(
      Replay.Plan plan,
      VolumeWatch watch,
      @Nullable VolumeFacts facts,
      List<TakenResize> taken,
      Replay.Sink sink) {
    this.plan = plan;
    this.watch = watch;
    this.sink = sink;
    this.model = new CapacityModel(taken, plan.from());
    if (facts != null) {
      described(facts);
    }
  }

  /** When the input that follows was written. */
  void at(Instant moment) {
    now = moment;
  }

  boolean isKnown() {
    return known != null;
  }

  void described(VolumeFacts facts) {
    if (known == null || model.holds(facts.sizeBytes())) {
      long size =
          model.hasDeparted()
              ? Math.max(facts.sizeBytes(), model.modelledBytes())
              : facts.sizeBytes();
      boolean first = known == null;
      WatchedVolume described = watch.described(known, facts.withSize(size));
      known = first ? watch.claimed(described, claim) : described;
    }
  }

  /** What Kubernetes says of a volume may come before the volume is heard of. */
  void claimed(@Nullable Claim newClaim) {
    claim = newClaim;
    if (known != null) {
      known = watch.claimed(known, newClaim);
    }
  }

  void queried(String query, Answer answer) {
    if (known != null) {
      known = watch.queried(known, query, answer);
    }
  }

  void expanded(long sizeBytes) {
    if (known != null && model.holds(sizeBytes) && sizeBytes > known.facts().sizeBytes()) {
      known = watch.described(known, known.facts().withSize(sizeBytes));
    }
  }

  /** Of a volume that is known. A broker saw the file system in its recorded size. */
  void measured(UsageSample recorded, BrokerVolumes brokers) {
    WatchedVolume unlimited = Objects.requireNonNull(known);
    WatchedVolume before = watch.limited(unlimited, brokers.ceilingOf(unlimited, recorded));
    if (model.grow()) {
      before = watch.described(before, before.facts().withSize(model.modelledBytes()));
    }
    UsageSample sample = model.modelled(recorded);
    if (counts()) {
      did.measured(recorded);
      would.measured(sample);
      unfittedBytes = Math.max(unfittedBytes, recorded.fsUsedBytes() - sample.fsUsedBytes());
    }
    accept(watch.measured(before, sample, rules()));
  }

  /** Whether an answer that was recorded answers the replayed rules too. */
  boolean isFactOfReplay(RuleInput answer) {
    return switch (answer) {
      case RuleInput.Grown grown -> model.holds(grown.sizeBytes());
      case RuleInput.Refused refused -> model.follows(refused.idempotencyKey());
      case RuleInput.Measured _,
          RuleInput.NotSelected _,
          RuleInput.RuleChanged _,
          RuleInput.Rebalanced _,
          RuleInput.Approval _ ->
          true;
    };
  }

  void answered(RuleInput answer) {
    if (known != null) {
      accept(watch.answered(known, answer, rules()));
    }
  }

  void approved(String rule, RuleInput.Approval approval) {
    if (known != null) {
      accept(watch.approved(known, rule, approval, rules()));
    }
  }

  private void accept(Decision decision) {
    known = decision.after();
    for (Outcome outcome : decision.outcomes()) {
      boolean asTaken =
          outcome.effect() instanceof Effect.Resize resize && model.order(resize.order(), counts());
      if (counts()) {
        sink.decided(decision.after().facts(), outcome, now, asTaken);
      } else if (outcome.effect() instanceof Effect.Resize && !asTaken) {
        // The rules were others then, so where they stood cannot be known.
        known = watch.claimed(watch.described(null, decision.after().facts()), claim);
      }
    }
  }

  private boolean counts() {
    return !now.isBefore(plan.from());
  }

  private RuleBook rules() {
    return counts() ? plan.changed() : plan.inUse();
  }

  /** By what would have been measured. */
  Tally would() {
    return would;
  }

  /** By what was measured. */
  Tally did() {
    return did;
  }

  /** Commands that were really given and that the replay gives in the same way. */
  Set<UUID> followed() {
    return model.followed();
  }

  /** Whether any rule of the replay is on the volume. */
  boolean isSelected() {
    return known != null && !known.tracks().isEmpty();
  }

  String name() {
    return known == null ? "" : known.facts().name();
  }

  /** Written bytes that the volume would not have held, at the most. */
  long unfittedBytes() {
    return unfittedBytes;
  }
}
