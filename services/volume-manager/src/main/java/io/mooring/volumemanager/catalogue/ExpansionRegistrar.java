package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.PoolExpansion;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the expansions in a global store, whichever instance decides on them. */
final class ExpansionRegistrar implements Processor<String, byte[], Void, Void> {

  private final PatientDecoder<PoolExpansion> decoder;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  ExpansionRegistrar(ControlSerdes serdes, GlobalDeadLetters deadLetters) {
    this.decoder = new PatientDecoder<>(serdes, ControlTopic.POOL_EXPANSIONS, PoolExpansion.class);
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<Void, Void> current = Objects.requireNonNull(context, "not initialised");
    KeyValueStore<String, ExpansionDescription> store =
        current.getStateStore(CatalogueTopology.EXPANSIONS_STORE);
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<PoolExpansion>(PoolExpansion state) ->
          store.put(record.key(), ExpansionDescription.of(state));
      case Decoded.Tombstone<PoolExpansion> _ -> store.delete(record.key());
      case Decoded.Poison<PoolExpansion> poison ->
          deadLetters.setAside(record, current.recordMetadata().orElseThrow(), poison);
    }
  }
}
