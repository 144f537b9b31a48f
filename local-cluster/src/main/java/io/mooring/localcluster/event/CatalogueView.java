package io.mooring.localcluster.event;

import io.mooring.localcluster.storage.CsiVolumes;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The newest state of every volume, node and rule, as the control topics tell it. */
public final class CatalogueView implements Consumer<ClusterEvent>, CsiVolumes.Catalogue {

  private final Map<String, VolumeState> volumes = new ConcurrentHashMap<>();
  private final Map<String, NodeDescriptor> nodes = new ConcurrentHashMap<>();
  private final Map<String, VolumeUsage> usage = new ConcurrentHashMap<>();
  private final Map<String, RuleObjectState> ruleObjects = new ConcurrentHashMap<>();

  @Override
  public void accept(ClusterEvent event) {
    if (event instanceof ClusterEvent.Record record) {
      switch (record.topic()) {
        case VOLUMES -> keep(volumes, record, VolumeState.class);
        case NODES -> keep(nodes, record, NodeDescriptor.class);
        case VOLUME_USAGE -> keep(usage, record, VolumeUsage.class);
        case AUTOPILOT_OBJECTS -> keep(ruleObjects, record, RuleObjectState.class);
        case NODE_HEARTBEATS,
            NODE_EVENTS,
            VOLUME_COMMANDS,
            VOLUME_REPORTS,
            VOLUME_EVENTS,
            AUTOPILOT_RULES,
            AUTOPILOT_COMMANDS,
            AUTOPILOT_EVENTS,
            BROKER_EVENTS,
            DEAD_LETTERS -> {
          // Not state.
        }
      }
    }
  }

  public Collection<VolumeState> volumes() {
    return List.copyOf(volumes.values());
  }

  public Optional<VolumeState> volume(String volumeId) {
    return Optional.ofNullable(volumes.get(volumeId));
  }

  /** Id of the volume of that name, if there is one. */
  @Override
  public Optional<String> volumeNamed(String name) {
    return volumes.values().stream()
        .filter(
            volume -> volume.getName().equals(name) && volume.getPhase() != VolumePhase.DELETING)
        .map(VolumeState::getVolumeId)
        .findFirst();
  }

  /** Nodes with an in-sync replica of the volume. */
  @Override
  public Set<String> replicaNodes(String volumeId) {
    return volume(volumeId).stream()
        .flatMap(volume -> volume.getReplicas().stream())
        .filter(replica -> replica.getRole() == ReplicaRole.IN_SYNC)
        .map(ReplicaState::getNodeId)
        .collect(Collectors.toSet());
  }

  public Optional<NodeDescriptor> node(String nodeId) {
    return Optional.ofNullable(nodes.get(nodeId));
  }

  /** The newest measurement of a volume. */
  public Optional<VolumeUsage> usage(String volumeId) {
    return Optional.ofNullable(usage.get(volumeId));
  }

  /** Where each rule of the autopilot stands on each volume that it has wanted to act on. */
  public Collection<RuleObjectState> ruleObjects() {
    return List.copyOf(ruleObjects.values());
  }

  private static <T> void keep(Map<String, T> states, ClusterEvent.Record record, Class<T> type) {
    record
        .value()
        .map(type::cast)
        .ifPresentOrElse(
            state -> states.put(record.key(), state), () -> states.remove(record.key()));
  }
}
