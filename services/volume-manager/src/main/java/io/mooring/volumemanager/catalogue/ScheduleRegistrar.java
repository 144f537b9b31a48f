package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.SnapshotScheduleState;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the schedules of snapshots in a global store, whichever instance decides on them. */
final class ScheduleRegistrar implements Processor<String, byte[], Void, Void> {

  private final PatientDecoder<SnapshotScheduleState> decoder;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  ScheduleRegistrar(ControlSerdes serdes, GlobalDeadLetters deadLetters) {
    this.decoder =
        new PatientDecoder<>(serdes, ControlTopic.SNAPSHOT_SCHEDULES, SnapshotScheduleState.class);
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<Void, Void> current = Objects.requireNonNull(context, "not initialised");
    KeyValueStore<String, ScheduleDescription> store =
        current.getStateStore(CatalogueTopology.SCHEDULE_VIEWS_STORE);
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<SnapshotScheduleState>(SnapshotScheduleState state) ->
          store.put(record.key(), ScheduleDescription.of(state));
      case Decoded.Tombstone<SnapshotScheduleState> _ -> store.delete(record.key());
      case Decoded.Poison<SnapshotScheduleState> poison ->
          deadLetters.setAside(record, current.recordMetadata().orElseThrow(), poison);
    }
  }
}
