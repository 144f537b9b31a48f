package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeleteSnapshotSchedule;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.PutSnapshotSchedule;
import io.mooring.schemas.SnapshotCommand;
import io.mooring.schemas.SnapshotReport;
import io.mooring.streams.PatientDecoder;
import io.mooring.volumemanager.snapshot.SnapshotInput;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Cause;
import java.time.Duration;
import java.util.Objects;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads what is asked and reported about snapshot sets, and remembers what nodes are down. */
final class SnapshotProcessor implements Processor<String, byte[], String, SpecificRecord> {

  private final CatalogueSettings settings;
  private final CatalogueMetrics metrics;
  private final PoisonRecords poison;
  private final PatientDecoder<SnapshotCommand> commands;
  private final PatientDecoder<SnapshotReport> reports;
  private final PatientDecoder<NodeEvent> verdicts;
  private @Nullable ProcessorContext<String, SpecificRecord> context;
  private @Nullable InputDesk desk;
  private @Nullable SnapshotTask task;
  private @Nullable ScheduleTask schedules;
  private @Nullable HealthBook health;

  SnapshotProcessor(
      ControlSerdes serdes,
      CatalogueSettings settings,
      CatalogueMetrics metrics,
      PoisonRecords poison) {
    this.settings = settings;
    this.metrics = metrics;
    this.poison = poison;
    this.commands =
        new PatientDecoder<>(serdes, ControlTopic.SNAPSHOT_COMMANDS, SnapshotCommand.class);
    this.reports =
        new PatientDecoder<>(serdes, ControlTopic.SNAPSHOT_REPORTS, SnapshotReport.class);
    this.verdicts = new PatientDecoder<>(serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);
  }

  @Override
  public void init(ProcessorContext<String, SpecificRecord> newContext) {
    context = newContext;
    desk = new InputDesk(newContext, poison, CatalogueTopology.SNAPSHOT_LETTERS_SINK, "SNP-091");
    health = new HealthBook(newContext.getStateStore(CatalogueTopology.SNAPSHOT_HEALTH_STORE));
    SnapshotTask newTask = new SnapshotTask(newContext, settings, metrics);
    newTask.open();
    ScheduleTask newSchedules = new ScheduleTask(newContext, settings, newTask);
    newSchedules.open();
    newContext.schedule(
        settings.tick(),
        PunctuationType.WALL_CLOCK_TIME,
        _ -> {
          newTask.timePassed();
          newSchedules.timePassed();
        });
    task = newTask;
    schedules = newSchedules;
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
    if (origin.topic().equals(ControlTopic.NODE_EVENTS.topicName())) {
      Objects.requireNonNull(health).learn(verdicts.decode(record.headers(), record.value()));
      return;
    }
    boolean command = origin.topic().equals(ControlTopic.SNAPSHOT_COMMANDS.topicName());
    Objects.requireNonNull(desk)
        .read(
            record,
            command ? commands : reports,
            (value, cause) -> {
              switch (value) {
                case SnapshotCommand asked -> decide(record, asked, cause);
                case SnapshotReport said ->
                    decide(record, said.getSetId(), SnapshotReader.report(said, cause));
                default -> throw new IllegalStateException("no decoder gives " + value.getClass());
              }
            });
    metrics.decided(
        origin.topic(), Duration.ofMillis(context().currentSystemTimeMs() - record.timestamp()));
  }

  private void decide(Record<String, byte[]> record, SnapshotCommand asked, Cause cause) {
    ScheduleTask scheduled = Objects.requireNonNull(schedules, "not initialised");
    switch (asked.getDetail()) {
      case PutSnapshotSchedule put -> {
        checkKey(record, asked.getSetId());
        scheduled.put(
            asked.getSetId(),
            ScheduleRecords.read(put.getPlan()),
            SnapshotReader.reference(asked, cause));
      }
      case DeleteSnapshotSchedule _ -> {
        checkKey(record, asked.getSetId());
        scheduled.delete(asked.getSetId(), SnapshotReader.reference(asked, cause));
      }
      default -> decide(record, asked.getSetId(), SnapshotReader.command(asked, cause));
    }
  }

  /** The key is what compaction and retries go by. */
  private void decide(Record<String, byte[]> record, String setId, SnapshotInput input) {
    checkKey(record, setId);
    Objects.requireNonNull(task, "not initialised").decide(new SnapshotSetId(setId), input);
  }

  private static void checkKey(Record<String, byte[]> record, String id) {
    if (!id.equals(record.key())) {
      throw new IllegalArgumentException(
          "key is '%s', the record is about '%s'".formatted(record.key(), id));
    }
  }

  private ProcessorContext<String, SpecificRecord> context() {
    return Objects.requireNonNull(context, "not initialised");
  }
}
