package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.VolumeState;
import io.mooring.streams.PatientDecoder;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.placement.ProvisioningLedger.Footprint;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Tells the ledger what other instances provisioned. The store keeps what was counted for a volume,
 * so that its next state can be counted instead of it.
 */
final class FootprintRecorder implements Processor<String, byte[], Void, Void> {

  private final PatientDecoder<VolumeState> decoder;
  private final ProvisioningLedger ledger;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  FootprintRecorder(
      ControlSerdes serdes, ProvisioningLedger ledger, GlobalDeadLetters deadLetters) {
    this.decoder = new PatientDecoder<>(serdes, ControlTopic.VOLUMES, VolumeState.class);
    this.ledger = ledger;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Void, Void> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<Void, Void> current = Objects.requireNonNull(context, "not initialised");
    RecordMetadata origin = current.recordMetadata().orElseThrow();
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<VolumeState>(VolumeState state) ->
          replace(current, record.key(), origin.partition(), footprint(state));
      case Decoded.Tombstone<VolumeState> _ ->
          replace(current, record.key(), origin.partition(), null);
      case Decoded.Poison<VolumeState> poison -> deadLetters.setAside(record, origin, poison);
    }
  }

  private void replace(
      ProcessorContext<Void, Void> current, String key, int partition, @Nullable Footprint after) {
    KeyValueStore<String, Footprint> store =
        current.getStateStore(CatalogueTopology.FOOTPRINTS_STORE);
    ledger.observed(partition, store.get(key), after);
    if (after == null) {
      store.delete(key);
    } else {
      store.put(key, after);
    }
  }

  private static Footprint footprint(VolumeState state) {
    return new Footprint(
        state.getSpec().getGroup(),
        state.getSizeBytes(),
        state.getReplicas().stream()
            .map(replica -> new PoolId(new NodeId(replica.getNodeId()), replica.getPoolId()))
            .toList());
  }
}
