package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeTask;
import io.mooring.streams.PatientDecoder;
import io.mooring.volumemanager.placement.ProvisioningLedger;
import io.mooring.volumemanager.placement.ProvisioningLedger.Footprint;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the outline of every volume, and tells the ledger what other instances provisioned: what
 * was counted for a volume follows from its outline, and its next state is counted instead of it.
 */
final class OutlineRecorder implements Processor<String, byte[], Void, Void> {

  private final PatientDecoder<VolumeState> decoder;
  private final ProvisioningLedger ledger;
  private final GlobalDeadLetters deadLetters;
  private @Nullable ProcessorContext<Void, Void> context;

  OutlineRecorder(ControlSerdes serdes, ProvisioningLedger ledger, GlobalDeadLetters deadLetters) {
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
      case Decoded.Value<VolumeState>(VolumeState state) -> {
        try {
          replace(current, record.key(), origin.partition(), outline(state));
        } catch (IllegalArgumentException e) {
          deadLetters.setAside(
              record, origin, new Decoded.Poison<>("VOL-091", String.valueOf(e.getMessage())));
        }
      }
      case Decoded.Tombstone<VolumeState> _ ->
          replace(current, record.key(), origin.partition(), null);
      case Decoded.Poison<VolumeState> poison -> deadLetters.setAside(record, origin, poison);
    }
  }

  private void replace(
      ProcessorContext<Void, Void> current,
      String key,
      int partition,
      @Nullable VolumeOutline after) {
    KeyValueStore<String, VolumeOutline> store =
        current.getStateStore(CatalogueTopology.OUTLINES_STORE);
    ledger.observed(partition, footprint(store.get(key)), footprint(after));
    if (after == null) {
      store.delete(key);
    } else {
      store.put(key, after);
    }
  }

  private static @Nullable Footprint footprint(@Nullable VolumeOutline volume) {
    return volume == null
        ? null
        : new Footprint(
            volume.spec().grouping().group(),
            volume.sizeBytes(),
            volume.members().stream().map(VolumeOutline.Member::pool).toList());
  }

  private static VolumeOutline outline(VolumeState state) {
    io.mooring.schemas.VolumeSpec spec = state.getSpec();
    return new VolumeOutline(
        new VolumeId(state.getVolumeId()),
        state.getName(),
        state.getSizeBytes(),
        new VolumeSpec(
            spec.getRepl(),
            spec.getPriorityIo(),
            spec.getIoProfile(),
            spec.getFs(),
            new VolumeSpec.Places(spec.getNodes(), spec.getRacks(), spec.getZones()),
            new VolumeSpec.Grouping(spec.getGroup(), spec.getFg()),
            Map.of()),
        state.getHolder() == null ? null : new NodeId(state.getHolder()),
        new VolumeOutline.Standing(state.getPhase(), state.getEpoch(), task(state), isHalf(state)),
        state.getReplicas().stream().map(OutlineRecorder::member).toList());
  }

  private static VolumeOutline.@Nullable Task task(VolumeState state) {
    VolumeTask task = state.getTask();
    return task == null ? null : new VolumeOutline.Task(task.getKind(), task.getSetId());
  }

  private static boolean isHalf(VolumeState state) {
    return state.getFilling() != null && !state.getFilling().getWhole();
  }

  private static VolumeOutline.Member member(ReplicaState replica) {
    return new VolumeOutline.Member(
        new ReplicaId(replica.getReplicaId()),
        new PoolId(new NodeId(replica.getNodeId()), replica.getPoolId()),
        replica.getRole(),
        replica.getReplaces() == null ? null : new ReplicaId(replica.getReplaces()));
  }
}
