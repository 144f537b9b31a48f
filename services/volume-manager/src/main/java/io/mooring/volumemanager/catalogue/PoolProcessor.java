package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.PoolCommand;
import io.mooring.streams.PatientDecoder;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads what is asked of pools, and remembers what is judged about nodes. */
final class PoolProcessor implements Processor<String, byte[], String, SpecificRecord> {

  private final CatalogueSettings settings;
  private final ProvisioningLedger ledger;
  private final CatalogueMetrics metrics;
  private final PoisonRecords poison;
  private final PatientDecoder<PoolCommand> commands;
  private final PatientDecoder<NodeEvent> verdicts;
  private @Nullable ProcessorContext<String, SpecificRecord> context;
  private @Nullable InputDesk desk;
  private @Nullable PoolTask task;
  private @Nullable HealthBook health;

  PoolProcessor(
      ControlSerdes serdes,
      CatalogueSettings settings,
      ProvisioningLedger ledger,
      CatalogueMetrics metrics,
      PoisonRecords poison) {
    this.settings = settings;
    this.ledger = ledger;
    this.metrics = metrics;
    this.poison = poison;
    this.commands = new PatientDecoder<>(serdes, ControlTopic.POOL_COMMANDS, PoolCommand.class);
    this.verdicts = new PatientDecoder<>(serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> newContext) {
    context = newContext;
    desk = new InputDesk(newContext, poison, CatalogueTopology.POOL_LETTERS_SINK, "VOL-091");
    health = new HealthBook(newContext.getStateStore(CatalogueTopology.POOL_HEALTH_STORE));
    PoolTask newTask = new PoolTask(newContext, settings, ledger, metrics);
    newContext.schedule(
        settings.tick(), PunctuationType.WALL_CLOCK_TIME, _ -> newTask.timePassed());
    task = newTask;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata origin = Objects.requireNonNull(context).recordMetadata().orElseThrow();
    if (origin.topic().equals(ControlTopic.NODE_EVENTS.topicName())) {
      Objects.requireNonNull(health).learn(verdicts.decode(record.headers(), record.value()));
      return;
    }
    Objects.requireNonNull(desk)
        .read(
            record,
            commands,
            (value, cause) -> Objects.requireNonNull(task).command((PoolCommand) value, cause));
  }
}
