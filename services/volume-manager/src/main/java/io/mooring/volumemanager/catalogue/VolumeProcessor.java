package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DiskSick;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeMove;
import io.mooring.schemas.VolumeReport;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.streams.PatientDecoder;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Verdict;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeInput;
import java.time.Duration;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads the records of one partition and turns them into inputs. */
final class VolumeProcessor implements Processor<String, byte[], String, SpecificRecord> {

  private final CatalogueSettings settings;
  private final ProvisioningLedger ledger;
  private final CatalogueMetrics metrics;
  private final PoisonRecords poison;
  private final PatientDecoder<VolumeCommand> commands;
  private final PatientDecoder<VolumeMove> moves;
  private final PatientDecoder<VolumeReport> reports;
  private final PatientDecoder<VolumeTaskRecord> tasks;
  private final PatientDecoder<NodeEvent> verdicts;

  private @Nullable ProcessorContext<String, SpecificRecord> context;
  private @Nullable InputDesk desk;
  private @Nullable VolumeTask task;
  private @Nullable HealthBook health;

  VolumeProcessor(
      ControlSerdes serdes,
      CatalogueSettings settings,
      ProvisioningLedger ledger,
      CatalogueMetrics metrics,
      PoisonRecords poison) {
    this.settings = settings;
    this.ledger = ledger;
    this.metrics = metrics;
    this.poison = poison;
    this.commands = new PatientDecoder<>(serdes, ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
    this.moves = new PatientDecoder<>(serdes, ControlTopic.VOLUME_MOVES, VolumeMove.class);
    this.reports = new PatientDecoder<>(serdes, ControlTopic.VOLUME_REPORTS, VolumeReport.class);
    this.tasks = new PatientDecoder<>(serdes, ControlTopic.VOLUME_TASKS, VolumeTaskRecord.class);
    this.verdicts = new PatientDecoder<>(serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> newContext) {
    context = newContext;
    desk = new InputDesk(newContext, poison, CatalogueTopology.DEAD_LETTERS_SINK, "VOL-091");
    health = new HealthBook(newContext.getStateStore(CatalogueTopology.HEALTH_STORE));
    VolumeTask newTask = new VolumeTask(newContext, settings, ledger, metrics);
    newTask.open();
    newContext.schedule(
        settings.tick(), PunctuationType.WALL_CLOCK_TIME, _ -> newTask.timePassed());
    task = newTask;
  }

  @Override
  public void close() {
    if (task != null) {
      task.close();
    }
  }

  @Override
  public void process(Record<String, byte[]> record) {
    RecordMetadata origin = context().recordMetadata().orElseThrow();
    Objects.requireNonNull(desk)
        .read(
            record, decoderOf(origin.topic()), (value, cause) -> take(record.key(), value, cause));
    metrics.decided(
        origin.topic(), Duration.ofMillis(context().currentSystemTimeMs() - record.timestamp()));
  }

  private void take(String key, SpecificRecord value, Cause cause) {
    switch (value) {
      case VolumeCommand command -> {
        checkKey(key, command.getVolumeId());
        task().command(InputReader.command(command, cause, task().now()));
      }
      case VolumeReport report -> {
        checkKey(key, report.getVolumeId());
        task().report(new VolumeId(report.getVolumeId()), InputReader.report(report, cause));
      }
      case VolumeMove move -> {
        checkKey(key, move.getVolumeId());
        task().command(InputReader.move(move, cause, task().now()));
      }
      case VolumeTaskRecord wanted -> {
        checkKey(key, wanted.getVolumeId());
        switch (InputReader.task(wanted, cause, task().now())) {
          case VolumeInput.Command command -> task().command(command);
          case VolumeInput.Report report ->
              task().report(new VolumeId(wanted.getVolumeId()), report);
          case VolumeInput.Judgement _, VolumeInput.TimePassed _ ->
              throw new IllegalStateException("no record about work is a judgement");
        }
      }
      case NodeEvent event -> judge(event, cause);
      default -> throw new IllegalStateException("no decoder gives " + value.getClass());
    }
  }

  private PatientDecoder<?> decoderOf(String topic) {
    if (topic.equals(ControlTopic.VOLUME_COMMANDS.topicName())) {
      return commands;
    }
    if (topic.equals(ControlTopic.VOLUME_MOVES.topicName())) {
      return moves;
    }
    if (topic.equals(ControlTopic.VOLUME_TASKS.topicName())) {
      return tasks;
    }
    return topic.equals(ControlTopic.VOLUME_REPORTS.topicName()) ? reports : verdicts;
  }

  /** A record under the wrong key is in the wrong partition: another task owns the volume. */
  private static void checkKey(String key, String volumeId) {
    if (!volumeId.equals(key)) {
      throw new IllegalArgumentException(
          "key is '%s', the record is about volume '%s'".formatted(key, volumeId));
    }
  }

  private void judge(NodeEvent event, Cause cause) {
    NodeId node = new NodeId(event.getNodeId());
    Objects.requireNonNull(health).learn(event);
    switch (event.getDetail()) {
      case NodeDown down -> {
        Verdict verdict = new Verdict.NodeDown(node, down.getReason());
        task().judgement(node, new VolumeInput.Judgement(cause, verdict));
      }
      case DiskSick sick -> {
        PoolId pool = new PoolId(node, sick.getPoolId());
        Verdict verdict = new Verdict.DiskSick(pool, sick.getError());
        task().judgement(node, new VolumeInput.Judgement(cause, verdict));
      }
      // Good news is only remembered. Suspicions are no judgements: nothing may follow from them.
      default -> {}
    }
  }

  private ProcessorContext<String, SpecificRecord> context() {
    return Objects.requireNonNull(context, "not initialised");
  }

  private VolumeTask task() {
    return Objects.requireNonNull(task, "not initialised");
  }
}
