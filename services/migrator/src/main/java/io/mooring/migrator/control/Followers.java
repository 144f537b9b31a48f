package io.mooring.migrator.control;

import io.mooring.migrator.outside.Agents;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.MigrationRuleState;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.TransferTask;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Reads the state topics into what this instance knows, and the tasks into what it does. */
@ApplicationScoped
class Followers {

  private static final Logger LOG = Logger.getLogger(Followers.class);

  private final StateView view;
  private final Agents agents;
  private final TaskRunner runner;
  private final PatientReader<MigrationState> migrations;
  private final PatientReader<ClusterPairState> pairs;
  private final PatientReader<MigrationRuleState> rules;
  private final PatientReader<MigrationScheduleState> schedules;
  private final PatientReader<NodeDescriptor> nodes;
  private final PatientReader<TransferTask> tasks;

  Followers(StateView view, Agents agents, TaskRunner runner, ControlSerdes serdes) {
    this.view = view;
    this.agents = agents;
    this.runner = runner;
    this.migrations = new PatientReader<>(serdes, ControlTopic.MIGRATIONS, MigrationState.class);
    this.pairs = new PatientReader<>(serdes, ControlTopic.MIGRATION_PAIRS, ClusterPairState.class);
    this.rules =
        new PatientReader<>(serdes, ControlTopic.MIGRATION_RULES, MigrationRuleState.class);
    this.schedules =
        new PatientReader<>(serdes, ControlTopic.MIGRATION_SCHEDULES, MigrationScheduleState.class);
    this.nodes = new PatientReader<>(serdes, ControlTopic.NODES, NodeDescriptor.class);
    this.tasks = new PatientReader<>(serdes, ControlTopic.MIGRATION_TASKS, TransferTask.class);
  }

  @Incoming("states")
  @Blocking
  void state(ConsumerRecord<String, byte[]> record) {
    switch (ControlTopic.named(record.topic()).orElseThrow()) {
      case MIGRATIONS -> migration(record);
      case MIGRATION_PAIRS -> pair(record);
      case MIGRATION_RULES -> rule(record);
      case MIGRATION_SCHEDULES -> schedule(record);
      case NODES -> node(record);
      default -> throw new IllegalStateException(record.topic() + " is not followed");
    }
  }

  private void migration(ConsumerRecord<String, byte[]> record) {
    switch (migrations.read(record.headers(), record.value())) {
      case Decoded.Value<MigrationState>(MigrationState state) -> view.put(state);
      case Decoded.Tombstone<MigrationState> _ -> view.removeMigration(record.key());
      case Decoded.Poison<MigrationState> poison -> unread(record, poison);
    }
  }

  private void pair(ConsumerRecord<String, byte[]> record) {
    switch (pairs.read(record.headers(), record.value())) {
      case Decoded.Value<ClusterPairState>(ClusterPairState pair) -> view.put(pair);
      case Decoded.Tombstone<ClusterPairState> _ -> view.removePair(record.key());
      case Decoded.Poison<ClusterPairState> poison -> unread(record, poison);
    }
  }

  private void rule(ConsumerRecord<String, byte[]> record) {
    switch (rules.read(record.headers(), record.value())) {
      case Decoded.Value<MigrationRuleState>(MigrationRuleState rule) -> view.put(rule);
      case Decoded.Tombstone<MigrationRuleState> _ -> view.removeRule(record.key());
      case Decoded.Poison<MigrationRuleState> poison -> unread(record, poison);
    }
  }

  private void schedule(ConsumerRecord<String, byte[]> record) {
    switch (schedules.read(record.headers(), record.value())) {
      case Decoded.Value<MigrationScheduleState>(MigrationScheduleState schedule) ->
          view.putSchedule(record.key(), schedule);
      case Decoded.Tombstone<MigrationScheduleState> _ -> view.removeSchedule(record.key());
      case Decoded.Poison<MigrationScheduleState> poison -> unread(record, poison);
    }
  }

  private void node(ConsumerRecord<String, byte[]> record) {
    switch (nodes.read(record.headers(), record.value())) {
      case Decoded.Value<NodeDescriptor>(NodeDescriptor node) -> agents.registered(node);
      case Decoded.Tombstone<NodeDescriptor> _ -> agents.gone(record.key());
      case Decoded.Poison<NodeDescriptor> poison -> unread(record, poison);
    }
  }

  @Incoming("tasks")
  @Blocking
  void task(ConsumerRecord<String, byte[]> record) {
    switch (tasks.read(record.headers(), record.value())) {
      case Decoded.Value<TransferTask>(TransferTask task) ->
          runner.offered(record.partition(), task);
      case Decoded.Tombstone<TransferTask> _ -> runner.withdrawn(record.key());
      case Decoded.Poison<TransferTask> poison -> unread(record, poison);
    }
  }

  private static void unread(
      ConsumerRecord<String, byte[]> record, Decoded.Poison<? extends SpecificRecord> poison) {
    LOG.errorf(
        "A record cannot be read and is ignored; topic=%s key=%s code=%s reason=%s",
        record.topic(), record.key(), poison.code(), poison.reason());
  }
}
