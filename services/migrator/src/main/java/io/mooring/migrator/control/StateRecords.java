package io.mooring.migrator.control;

import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.MigrationRuleState;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationState;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/** Reads records of migrations, pairs, rules and schedules into a view of them. */
final class StateRecords {

  private static final Logger LOG = Logger.getLogger(StateRecords.class);

  private final PatientReader<MigrationState> migrations;
  private final PatientReader<ClusterPairState> pairs;
  private final PatientReader<MigrationRuleState> rules;
  private final PatientReader<MigrationScheduleState> schedules;

  StateRecords(ControlSerdes serdes) {
    this.migrations = new PatientReader<>(serdes, ControlTopic.MIGRATIONS, MigrationState.class);
    this.pairs = new PatientReader<>(serdes, ControlTopic.MIGRATION_PAIRS, ClusterPairState.class);
    this.rules =
        new PatientReader<>(serdes, ControlTopic.MIGRATION_RULES, MigrationRuleState.class);
    this.schedules =
        new PatientReader<>(serdes, ControlTopic.MIGRATION_SCHEDULES, MigrationScheduleState.class);
  }

  /** Waits for the schema registry as long as it is away. */
  void read(ConsumerRecord<String, byte[]> record, StateView view) {
    switch (ControlTopic.named(record.topic()).orElseThrow()) {
      case MIGRATIONS -> migration(record, view);
      case MIGRATION_PAIRS -> pair(record, view);
      case MIGRATION_RULES -> rule(record, view);
      case MIGRATION_SCHEDULES -> schedule(record, view);
      default -> throw new IllegalStateException(record.topic() + " is not followed");
    }
  }

  private void migration(ConsumerRecord<String, byte[]> record, StateView view) {
    switch (migrations.read(record.headers(), record.value())) {
      case Decoded.Value<MigrationState>(MigrationState state) -> view.put(state);
      case Decoded.Tombstone<MigrationState> _ -> view.removeMigration(record.key());
      case Decoded.Poison<MigrationState> poison -> unread(record, poison);
    }
  }

  private void pair(ConsumerRecord<String, byte[]> record, StateView view) {
    switch (pairs.read(record.headers(), record.value())) {
      case Decoded.Value<ClusterPairState>(ClusterPairState pair) -> view.put(pair);
      case Decoded.Tombstone<ClusterPairState> _ -> view.removePair(record.key());
      case Decoded.Poison<ClusterPairState> poison -> unread(record, poison);
    }
  }

  private void rule(ConsumerRecord<String, byte[]> record, StateView view) {
    switch (rules.read(record.headers(), record.value())) {
      case Decoded.Value<MigrationRuleState>(MigrationRuleState rule) -> view.put(rule);
      case Decoded.Tombstone<MigrationRuleState> _ -> view.removeRule(record.key());
      case Decoded.Poison<MigrationRuleState> poison -> unread(record, poison);
    }
  }

  private void schedule(ConsumerRecord<String, byte[]> record, StateView view) {
    switch (schedules.read(record.headers(), record.value())) {
      case Decoded.Value<MigrationScheduleState>(MigrationScheduleState schedule) ->
          view.putSchedule(record.key(), schedule);
      case Decoded.Tombstone<MigrationScheduleState> _ -> view.removeSchedule(record.key());
      case Decoded.Poison<MigrationScheduleState> poison -> unread(record, poison);
    }
  }

  static void unread(
      ConsumerRecord<String, byte[]> record, Decoded.Poison<? extends SpecificRecord> poison) {
    LOG.errorf(
        "A record cannot be read and is ignored; topic=%s key=%s code=%s reason=%s",
        record.topic(), record.key(), poison.code(), poison.reason());
  }
}
