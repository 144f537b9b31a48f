package io.mooring.autopilot.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.autopilot.decision.Effect;
import io.mooring.autopilot.expression.Metric.Subject;
import io.mooring.schemas.RulePhase;
import java.time.Duration;

/** What operators see of the autopilot. */
public final class AutopilotMetrics {

  private final MeterRegistry meters;

  public AutopilotMetrics(
      MeterRegistry meters, RuleLibrary rules, LiveVolumes volumes, ObjectBoard objects) {
    this.meters = meters;
    Gauge.builder("mooring.autopilot.volumes", volumes, live -> live.count(Subject.VOLUME))
        .description("Volumes that this instance watches")
        .register(meters);
    Gauge.builder("mooring.autopilot.pools", volumes, live -> live.count(Subject.POOL))
        .description("Pools that this instance watches")
        .register(meters);
    Gauge.builder("mooring.autopilot.rules", rules, library -> library.book().entries().size())
        .description("Rules in use")
        .register(meters);
    Gauge.builder("mooring.autopilot.rules.invalid", rules, AutopilotMetrics::invalid)
        .description("Rules that are not used because of their problems")
        .register(meters);
    for (RulePhase phase : RulePhase.values()) {
      Gauge.builder("mooring.autopilot.objects", objects, board -> board.count(phase))
          .description("Rules on volumes and pools by state, once they were triggered")
          .tag("phase", phase.name())
          .register(meters);
    }
  }

  private static long invalid(RuleLibrary library) {
    return library.all().stream().filter(shelved -> !shelved.problems().isEmpty()).count();
  }

  void evaluated(Duration sinceMeasured) {
    meters.timer("mooring.autopilot.evaluation.lag").record(sinceMeasured);
  }

  /** A measurement that was not used. */
  void refused(String reason) {
    meters.counter("mooring.autopilot.samples.refused", "reason", reason).increment();
  }

  void followed(Effect effect) {
    switch (effect) {
      case Effect.Moved moved ->
          meters.counter("mooring.autopilot.moves", "reason", moved.reason().name()).increment();
      case Effect.Resize _ -> meters.counter("mooring.autopilot.resizes").increment();
      case Effect.HeldBack _ -> meters.counter("mooring.autopilot.held.back").increment();
      case Effect.WillFill _ -> meters.counter("mooring.autopilot.will.fill").increment();
    }
  }

  void deadLetter(String topic, String code) {
    meters.counter("mooring.dead.letters", "topic", topic, "code", code).increment();
  }
}
