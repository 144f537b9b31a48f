package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Keeps the descriptors of all nodes in the global store. */
final class NodeRegistrar implements Processor<String, byte[], Void, Void> {

  private final PatientDecoder<NodeDescriptor> decoder;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  NodeRegistrar(ControlSerdes serdes, GlobalDeadLetters deadLetters) {
    this.decoder = new PatientDecoder<>(serdes, ControlTopic.NODES, NodeDescriptor.class);
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<Void, Void> current = Objects.requireNonNull(context, "not initialised");
    KeyValueStore<String, NodeProfile> nodes = current.getStateStore(CatalogueTopology.NODES_STORE);
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<NodeDescriptor>(NodeDescriptor descriptor) ->
          nodes.put(descriptor.getNodeId(), NodeProfile.of(descriptor));
      case Decoded.Tombstone<NodeDescriptor> _ -> nodes.delete(record.key());
      case Decoded.Poison<NodeDescriptor> poison ->
          deadLetters.setAside(record, current.recordMetadata().orElseThrow(), poison);
    }
  }
}
