package io.mooring.autopilot.decision;

import io.mooring.autopilot.decision.VolumeWatch.Decision;
import io.mooring.autopilot.decision.VolumeWatch.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A volume that is written to and measured, with somebody who carries out resizes: after a number
 * of measurements the catalogue, the device and the file system have the new size.
 */
final class FilledVolume {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Deque<ResizeOrder> queue = new ArrayDeque<>();
  private final Map<String, String> labels;
  private RuleBook rules;
  private WatchedVolume known;
  private Instant now = START;
  private long sizeBytes;
  private long usedBytes;
  private boolean executing = true;

  FilledVolume(long sizeBytes, Map<String, String> labels, RuleBook rules) {
    this.sizeBytes = sizeBytes;
    this.labels = labels;
    this.rules = rules;
    this.known = watch.described(null, facts());
  }

  private VolumeFacts facts() {
    return new VolumeFacts("v1", "data-kafka-0", sizeBytes, labels);
  }

  /** Whether resizes are carried out; they wait otherwise. */
  FilledVolume executing(boolean yes) {
    executing = yes;
    return this;
  }

  FilledVolume rules(RuleBook changed) {
    rules = changed;
    return this;
  }

  FilledVolume after(Duration pause) {
    now = now.plus(pause);
    return this;
  }

  FilledVolume use(long bytes) {
    usedBytes = bytes;
    return this;
  }

  /** Measures; a resize that was asked for by an earlier measurement is carried out before. */
  List<Outcome> measure() {
    if (executing) {
      queue.forEach(order -> sizeBytes = order.toBytes());
      queue.clear();
      known = watch.described(known, facts());
    }
    return accept(watch.measured(known, sample(), rules));
  }

  /** Measures again what was measured last. */
  List<Outcome> repeatLast() {
    return accept(watch.measured(known.durable(), known.newest(), rules));
  }

  UsageSample sample() {
    return new UsageSample(now, sizeBytes, sizeBytes, usedBytes, 1000, 10, -1);
  }

  List<Outcome> refuse(String code) {
    ResizeOrder order = queue.remove();
    return accept(
        watch.answered(
            known,
            new RuleInput.Refused(order.commandId().toString(), code, "refused", now),
            rules));
  }

  List<Outcome> approve(UUID trigger, RuleInput.ApprovalDecision decision) {
    return accept(
        watch.approved(
            known,
            rules.entries().getFirst().rule().name(),
            new RuleInput.Approval(trigger, decision, "ann", now),
            rules));
  }

  private List<Outcome> accept(Decision decision) {
    known = decision.after();
    outcomes.addAll(decision.outcomes());
    for (Outcome outcome : decision.outcomes()) {
      if (outcome.effect() instanceof Effect.Resize(Trigger _, ResizeOrder order)) {
        queue.add(order);
      }
    }
    return decision.outcomes();
  }

  RuleState state(String rule) {
    return known.tracks().get(rule).state();
  }

  long sizeBytes() {
    return sizeBytes;
  }

  Instant now() {
    return now;
  }

  List<Outcome> outcomes() {
    return outcomes;
  }

  List<Long> resizes() {
    return effects(Effect.Resize.class).stream().map(resize -> resize.order().toBytes()).toList();
  }

  /** States in the order in which they were entered. */
  List<String> states() {
    return effects(Effect.Moved.class).stream().map(moved -> moved.to().name()).toList();
  }

  List<Reason> reasons() {
    return effects(Effect.Moved.class).stream().map(Effect.Moved::reason).toList();
  }

  <T extends Effect> List<T> effects(Class<T> type) {
    return outcomes.stream().map(Outcome::effect).filter(type::isInstance).map(type::cast).toList();
  }
}
