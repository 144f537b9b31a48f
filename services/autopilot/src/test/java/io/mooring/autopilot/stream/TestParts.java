package io.mooring.autopilot.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.autopilot.rule.QueryTerms;
import java.time.Duration;

/** Parts of an autopilot of their own, with the settings that most tests need. */
public final class TestParts {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  private TestParts() {}

  public static AutopilotParts create() {
    return create(QueryTerms.NONE, RETRY_AFTER, new SimpleMeterRegistry());
  }

  public static AutopilotParts create(QueryTerms terms) {
    return create(terms, RETRY_AFTER, new SimpleMeterRegistry());
  }

  public static AutopilotParts create(MeterRegistry meters) {
    return create(QueryTerms.NONE, RETRY_AFTER, meters);
  }

  public static AutopilotParts create(Duration retryAfter) {
    return create(QueryTerms.NONE, retryAfter, new SimpleMeterRegistry());
  }

  public static AutopilotParts create(QueryTerms terms, Duration retryAfter) {
    return create(terms, retryAfter, new SimpleMeterRegistry());
  }

  private static AutopilotParts create(
      QueryTerms terms, Duration retryAfter, MeterRegistry meters) {
    RuleLibrary rules = new RuleLibrary(terms);
    LiveVolumes volumes = new LiveVolumes();
    ObjectBoard objects = new ObjectBoard();
    return new AutopilotParts(
        new AutopilotSettings(
            "/mooring/autopilot/test", Duration.ofSeconds(30), retryAfter, Duration.ofMinutes(5)),
        rules,
        volumes,
        objects,
        new AutopilotMetrics(meters, rules, volumes, objects));
  }
}
