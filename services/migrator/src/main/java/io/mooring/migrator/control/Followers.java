package io.mooring.migrator.control;

import io.mooring.migrator.outside.Agents;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.TransferTask;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Reads the state topics into what this instance knows, and the tasks into what it does. */
@ApplicationScoped
class Followers {

  private final StateView view;
  private final Agents agents;
  private final TaskRunner runner;
  private final StateRecords records;
  private final PatientReader<NodeDescriptor> nodes;
  private final PatientReader<TransferTask> tasks;

  Followers(StateView view, Agents agents, TaskRunner runner, ControlSerdes serdes) {
    this.view = view;
    this.agents = agents;
    this.runner = runner;
    this.records = new StateRecords(serdes);
    this.nodes = new PatientReader<>(serdes, ControlTopic.NODES, NodeDescriptor.class);
    this.tasks = new PatientReader<>(serdes, ControlTopic.MIGRATION_TASKS, TransferTask.class);
  }

  @Incoming("states")
  @Blocking
  void state(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(ControlTopic.NODES.topicName())) {
      node(record);
    } else {
      records.read(record, view);
    }
  }

  private void node(ConsumerRecord<String, byte[]> record) {
    switch (nodes.read(record.headers(), record.value())) {
      case Decoded.Value<NodeDescriptor>(NodeDescriptor node) -> agents.registered(node);
      case Decoded.Tombstone<NodeDescriptor> _ -> agents.gone(record.key());
      case Decoded.Poison<NodeDescriptor> poison -> StateRecords.unread(record, poison);
    }
  }

  @Incoming("tasks")
  @Blocking
  void task(ConsumerRecord<String, byte[]> record) {
    switch (tasks.read(record.headers(), record.value())) {
      case Decoded.Value<TransferTask>(TransferTask task) ->
          runner.offered(record.partition(), task);
      case Decoded.Tombstone<TransferTask> _ -> runner.withdrawn(record.key());
      case Decoded.Poison<TransferTask> poison -> StateRecords.unread(record, poison);
    }
  }
}
