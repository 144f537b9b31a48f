package io.mooring.volumeagent.snapshots;

import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMemberPhase;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.SnapshotSetState;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** States of sets as volume-manager writes them. */
public final class SetStates {

  private SetStates() {}

  public static SnapshotSetState set(
      String setId, SnapshotSetPhase phase, SnapshotMember... members) {
    return SnapshotSetState.newBuilder()
        .setSetId(setId)
        .setName(setId)
        .setPhase(phase)
        .setMembers(List.of(members))
        .setRequestedBy("test")
        .setCreatedAt(Instant.EPOCH)
        .setUpdatedAt(Instant.EPOCH)
        .setCorrelationId(setId)
        .build();
  }

  public static SnapshotMember member(
      String volumeId, String snapshotId, SnapshotMemberPhase phase, String... holders) {
    return SnapshotMember.newBuilder()
        .setVolumeId(volumeId)
        .setVolumeName(volumeId)
        .setSnapshotId(snapshotId)
        .setSizeBytes(0)
        .setPhase(phase)
        .setHolders(Stream.of(holders).map(replica -> new SnapshotHolder(replica, "n1")).toList())
        .build();
  }
}
