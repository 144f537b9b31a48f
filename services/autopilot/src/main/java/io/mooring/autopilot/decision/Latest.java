package io.mooring.autopilot.decision;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a volume for the moment. It may be forgotten, because the states of rules do not
 * depend on it.
 *
 * @param sample last measurement; null if there is none
 * @param answers the newest answer to each query
 * @param ceiling what Kafka keeps on the volume; null if that is not known
 */
public record Latest(
    @Nullable UsageSample sample, Map<String, Answer> answers, @Nullable RetentionCeiling ceiling) {

  static final Latest NOTHING = new Latest(null, Map.of(), null);

  /** An answer to a query that nobody asks any more is forgotten after this time. */
  private static final Duration ANSWERS_KEPT = Duration.ofHours(1);

  public Latest {
    answers = Map.copyOf(answers);
  }

  Latest measured(UsageSample newSample) {
    return new Latest(newSample, answers, ceiling);
  }

  Latest limited(@Nullable RetentionCeiling newCeiling) {
    return new Latest(sample, answers, newCeiling);
  }

  /** An answer that is not newer than the one that is known says nothing. */
  Latest answered(String query, Answer answer) {
    Answer before = answers.get(query);
    if (before != null && !answer.at().isAfter(before.at())) {
      return this;
    }
    Map<String, Answer> kept = new TreeMap<>(answers);
    kept.values().removeIf(old -> old.at().isBefore(answer.at().minus(ANSWERS_KEPT)));
    kept.put(query, answer);
    return new Latest(sample, kept, ceiling);
  }
}
