package io.mooring.volumeagent.volumes;

import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeSpec;
import io.mooring.schemas.VolumeState;
import java.time.Instant;
import java.util.List;

/** States as volume-manager writes them. */
public final class VolumeStates {

  private VolumeStates() {}

  public static VolumeState volume(
      String volumeId,
      VolumePhase phase,
      long epoch,
      long generation,
      long sizeBytes,
      List<ReplicaState> replicas) {
    return VolumeState.newBuilder()
        .setVolumeId(volumeId)
        .setName(volumeId)
        .setSizeBytes(sizeBytes)
        .setSpec(
            VolumeSpec.newBuilder()
                .setRepl(replicas.size())
                .setPriorityIo(PoolPriority.MEDIUM)
                .setIoProfile(IoProfile.NONE)
                .setFs(FileSystem.EXT4)
                .build())
        .setEpoch(epoch)
        .setGeneration(generation)
        .setPhase(phase)
        .setReplicas(replicas)
        .setUpdatedAt(Instant.EPOCH)
        .build();
  }

  public static ReplicaState replica(String replicaId, String nodeId, ReplicaRole role) {
    return ReplicaState.newBuilder()
        .setReplicaId(replicaId)
        .setNodeId(nodeId)
        .setPoolId("p1")
        .setRole(role)
        .build();
  }
}
