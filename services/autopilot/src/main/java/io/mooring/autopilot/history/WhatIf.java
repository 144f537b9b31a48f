package io.mooring.autopilot.history;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.decision.SampleGate;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.stream.AutopilotSettings;
import io.mooring.autopilot.whatif.Findings;
import io.mooring.autopilot.whatif.Recorded;
import io.mooring.autopilot.whatif.Replay;
import io.mooring.autopilot.whatif.TakenDecisions;
import io.mooring.autopilot.whatif.WhatIfReport;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Replays the recorded measurements through other rules. One replay at a time, partition by
 * partition, so that memory is bounded by the volumes of one partition.
 */
public final class WhatIf {

  /** Before its beginning a replay reads at least this much, to know how volumes grew. */
  private static final Duration GROWTH_OBSERVED = Duration.ofMinutes(10);

  /**
   * What is asked.
   *
   * @param rules all rules that would have been in use
   * @param volume id or name of the only volume to look at; null for all
   */
  public record Question(RuleBook rules, Instant from, Instant to, @Nullable String volume) {}

  private final Map<String, Object> kafka;
  private final ControlSerdes serdes;
  private final AutopilotSettings settings;
  private final Supplier<RuleBook> inUse;
  private final Duration timeMax;
  private final Semaphore turn = new Semaphore(1);

  /**
   * @param kafka configuration of Kafka clients
   * @param inUse the rules in use now
   * @param timeMax after this time a replay is given up
   */
  public WhatIf(
      Map<String, Object> kafka,
      ControlSerdes serdes,
      AutopilotSettings settings,
      Supplier<RuleBook> inUse,
      Duration timeMax) {
    this.kafka = Map.copyOf(kafka);
    this.serdes = serdes;
    this.settings = settings;
    this.inUse = inUse;
    this.timeMax = timeMax;
  }

  /**
   * What would have happened.
   *
   * @throws HistoryException if it cannot be told
   */
  public WhatIfReport answer(Question question) {
    return answer(question, (_, _, _, _) -> {});
  }

  /**
   * What would have happened, with every single decision.
   *
   * @param witness is told each decision in the order of its volume
   */
  WhatIfReport answer(Question question, Replay.Sink witness) {
    if (!turn.tryAcquire()) {
      throw new HistoryException(
          HistoryException.Kind.BUSY,
          "AUT-036",
          "Another replay is going on.",
          "One at a time leaves the autopilot time for its own work.",
          "Repeat the request when it is over.");
    }
    try (RecordedHistory history = RecordedHistory.open(kafka, serdes, Deadline.in(timeMax))) {
      return replay(question, history, witness);
    } catch (KafkaException | ControlTopicException e) {
      throw HistoryException.unreachable(e);
    } finally {
      turn.release();
    }
  }

  private WhatIfReport replay(Question question, RecordedHistory history, Replay.Sink witness) {
    Optional<Instant> since = history.measuredSince();
    since.filter(question.from()::isBefore).ifPresent(first -> refuse(question.from(), first));
    RuleBook current = inUse.get();
    Replay.Plan plan =
        new Replay.Plan(
            question.from(),
            current,
            withVersionsOf(current, question.rules()),
            new SampleGate(settings.sampleAgeMax()),
            settings.retryAfter());
    Instant warmUp = question.from().minus(warmUp(plan.inUse()));
    Instant begin = since.filter(warmUp::isBefore).orElse(warmUp);
    Map<String, VolumeFacts> facts = history.firstFacts(begin);
    Predicate<String> asked = asked(question, facts);
    TakenDecisions taken = history.taken(begin, question.from(), question.to(), asked);
    Findings findings = new Findings(question.from(), question.to(), taken);
    for (int partition = 0; partition < ControlTopic.VOLUME_USAGE.partitions(); partition++) {
      Replay replay =
          new Replay(
              plan,
              facts,
              taken,
              (volume, outcome, at, asTaken) -> {
                if (asked.test(volume.id())) {
                  findings.decided(volume, outcome, at, asTaken);
                  witness.decided(volume, outcome, at, asTaken);
                }
              });
      history.inputs(
          partition,
          begin,
          question.to(),
          (Recorded record) -> {
            // One pool is compared with all of them, whichever was asked for.
            if (record.concernsAll() || asked.test(record.volumeId())) {
              replay.take(record);
            }
          });
      findings.add(replay);
    }
    return findings.report(question.rules());
  }

  private static Predicate<String> asked(Question question, Map<String, VolumeFacts> facts) {
    String volume = question.volume();
    return id ->
        volume == null
            || volume.equals(id)
            || facts.containsKey(id) && volume.equals(facts.get(id).name());
  }

  private static void refuse(Instant from, Instant first) {
    boolean none = first.equals(Instant.MAX);
    throw new HistoryException(
        HistoryException.Kind.REFUSED,
        "AUT-033",
        none
            ? "No measurements are kept any more."
            : "Measurements from before %s are not kept any more; asked was %s."
                .formatted(first, from),
        "%s keeps them for a limited time.".formatted(ControlTopic.VOLUME_USAGE.topicName()),
        none
            ? "Wait for new measurements; check that the agents measure."
            : "Begin at %s or later, or keep the topic longer.".formatted(first));
  }

  /** Long enough for what was decided before it not to matter at its end. */
  private static Duration warmUp(RuleBook rules) {
    return rules.entries().stream()
        .map(entry -> entry.rule().timing().coolDown().plus(entry.rule().conditions().holdFor()))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO)
        .plus(GROWTH_OBSERVED);
  }

  /** A rule that says the same is the same, however it is written: its states go on. */
  private static RuleBook withVersionsOf(RuleBook inUse, RuleBook changed) {
    return RuleBook.of(
        changed.entries().stream()
            .map(entry ->
                inUse.entries().stream()
                    .filter(current -> current.rule().equals(entry.rule()))
                    .findFirst()
                    .orElse(entry))
            .toList());
  }
}
