package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.RebalanceState;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the rebalances in a global store, whichever instance decides on them. */
final class RebalanceRegistrar implements Processor<String, byte[], Void, Void> {

  private final PatientDecoder<RebalanceState> decoder;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  RebalanceRegistrar(ControlSerdes serdes, GlobalDeadLetters deadLetters) {
    this.decoder = new PatientDecoder<>(serdes, ControlTopic.POOL_REBALANCES, RebalanceState.class);
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<Void, Void> current = Objects.requireNonNull(context, "not initialised");
    KeyValueStore<String, RebalanceDescription> store =
        current.getStateStore(CatalogueTopology.REBALANCES_STORE);
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<RebalanceState>(RebalanceState state) ->
          store.put(record.key(), RebalanceDescription.of(state));
      case Decoded.Tombstone<RebalanceState> _ -> store.delete(record.key());
      case Decoded.Poison<RebalanceState> poison ->
          deadLetters.setAside(record, current.recordMetadata().orElseThrow(), poison);
    }
  }
}
