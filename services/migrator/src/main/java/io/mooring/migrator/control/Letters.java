package io.mooring.migrator.control;

import io.mooring.migrator.decision.ScheduleFindings;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationRuleState;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.TransferReport;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.apache.avro.specific.SpecificRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jspecify.annotations.Nullable;

/** Writes what comes from outside, and what tasks tell, to the control topics. */
@ApplicationScoped
public class Letters {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** What became of the record is not known; writing it again is harmless. */
  public static final class UnwrittenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnwrittenException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final MutinyEmitter<Record<String, byte[]>> emitter;
  private final Envelopes envelopes;

  Letters(
      @Channel("letters") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          MutinyEmitter<Record<String, byte[]>> emitter,
      Envelopes envelopes) {
    this.emitter = emitter;
    this.envelopes = envelopes;
  }

  /** Returns when the command is written; it is decided on a moment later. */
  public void command(MigrationCommand command) {
    write(ControlTopic.MIGRATION_COMMANDS, command.getName(), command);
  }

  public void pair(ClusterPairState pair) {
    write(ControlTopic.MIGRATION_PAIRS, pair.getName(), pair);
  }

  public void removePair(String name) {
    write(ControlTopic.MIGRATION_PAIRS, name, null);
  }

  public void rule(MigrationRuleState rule) {
    write(ControlTopic.MIGRATION_RULES, rule.getName(), rule);
  }

  public void removeRule(String name) {
    write(ControlTopic.MIGRATION_RULES, name, null);
  }

  public void schedule(MigrationScheduleState schedule) {
    write(ControlTopic.MIGRATION_SCHEDULES, schedule.getName(), schedule);
  }

  /** What the scheduler finds about a schedule; what a person says of it is not touched. */
  void finding(MigrationScheduleState found) {
    write(ControlTopic.MIGRATION_SCHEDULES, ScheduleFindings.key(found.getName()), found);
  }

  public void removeSchedule(String name) {
    write(ControlTopic.MIGRATION_SCHEDULES, name, null);
    write(ControlTopic.MIGRATION_SCHEDULES, ScheduleFindings.key(name), null);
  }

  void report(TransferReport report) {
    write(ControlTopic.MIGRATION_REPORTS, report.getMigration(), report);
  }

  private void write(ControlTopic topic, String key, @Nullable SpecificRecord value) {
    try {
      emitter.sendMessage(envelopes.of(topic, key, value, null)).await().atMost(PATIENCE);
    } catch (TimeoutException e) {
      throw new UnwrittenException(topic.topicName() + " did not answer in time", e);
    } catch (RuntimeException e) {
      throw new UnwrittenException(
          "%s could not be written: %s".formatted(topic.topicName(), e), e);
    }
  }
}
