package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.Decoded;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a topic of states in a global store, so that every instance shows them, whichever decides.
 *
 * @param <S> state on the topic
 * @param <V> what is kept of it
 */
final class StateRegistrar<S extends SpecificRecord, V>
    implements Processor<String, byte[], Void, Void> {

  private final String storeName;
  private final PatientDecoder<S> decoder;
  private final Function<S, V> view;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  StateRegistrar(
      String storeName,
      PatientDecoder<S> decoder,
      Function<S, V> view,
      GlobalDeadLetters deadLetters) {
    this.storeName = storeName;
    this.decoder = decoder;
    this.view = view;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<Void, Void> current = Objects.requireNonNull(context, "not initialised");
    KeyValueStore<String, V> store = current.getStateStore(storeName);
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<S>(S state) -> store.put(record.key(), view.apply(state));
      case Decoded.Tombstone<S> _ -> store.delete(record.key());
      case Decoded.Poison<S> poison ->
          deadLetters.setAside(record, current.recordMetadata().orElseThrow(), poison);
    }
  }
}
