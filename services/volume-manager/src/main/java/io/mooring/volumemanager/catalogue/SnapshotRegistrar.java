package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the snapshot sets in a global store, whichever instance decides on them. */
final class SnapshotRegistrar implements Processor<String, byte[], Void, Void> {

  private final PatientDecoder<SnapshotSetState> decoder;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  SnapshotRegistrar(ControlSerdes serdes, GlobalDeadLetters deadLetters) {
    this.decoder = new PatientDecoder<>(serdes, ControlTopic.SNAPSHOTS, SnapshotSetState.class);
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<Void, Void> current = Objects.requireNonNull(context, "not initialised");
    KeyValueStore<String, SnapshotDescription> store =
        current.getStateStore(CatalogueTopology.SNAPSHOTS_STORE);
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<SnapshotSetState>(SnapshotSetState state) ->
          store.put(record.key(), SnapshotDescription.of(state));
      case Decoded.Tombstone<SnapshotSetState> _ -> store.delete(record.key());
      case Decoded.Poison<SnapshotSetState> poison ->
          deadLetters.setAside(record, current.recordMetadata().orElseThrow(), poison);
    }
  }
}
