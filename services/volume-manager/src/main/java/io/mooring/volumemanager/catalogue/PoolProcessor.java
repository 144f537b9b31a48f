package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
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
    health = new HealthBook(newContext.getStateStore(CatalogueTopology.POOL_HEALTH_STORE));
    PoolTask newTask = new PoolTask(newContext, settings, ledger, metrics);
    newContext.schedule(
        settings.tick(), PunctuationType.WALL_CLOCK_TIME, _ -> newTask.timePassed());
    task = newTask;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata origin = context().recordMetadata().orElseThrow();
    if (origin.topic().equals(ControlTopic.NODE_EVENTS.topicName())) {
      // What cannot be read has got its dead letter where verdicts are filtered.
      if (verdicts.decode(record.headers(), record.value())
          instanceof Decoded.Value<NodeEvent>(NodeEvent event)) {
        Objects.requireNonNull(health).learn(event);
      }
      return;
    }
    try {
      EventHeaders headers = EventHeaders.read(record.headers());
      switch (commands.decode(record.headers(), record.value())) {
        case Decoded.Value<PoolCommand>(PoolCommand command) ->
            Objects.requireNonNull(task).command(command, InputReader.cause(headers));
        case Decoded.Tombstone<PoolCommand> _ ->
            throw new IllegalStateException("pool commands have no tombstones");
        case Decoded.Poison<PoolCommand> unreadable -> setAside(record, origin, unreadable);
      }
    } catch (ControlTopicException e) {
      setAside(record, origin, new Decoded.Poison<>(e.code(), String.valueOf(e.getMessage())));
    } catch (IllegalArgumentException e) {
      setAside(record, origin, new Decoded.Poison<>("VOL-091", String.valueOf(e.getMessage())));
    }
  }

  private void setAside(
      Record<String, byte[]> record, RecordMetadata origin, Decoded.Poison<?> reason) {
    context()
        .forward(poison.letterFor(record, origin, reason), CatalogueTopology.POOL_LETTERS_SINK);
  }

  private ProcessorContext<String, SpecificRecord> context() {
    return Objects.requireNonNull(context, "not initialised");
  }
}
