package io.mooring.volumemanager.rebalance;

import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every instance knows of every volume, as its state was published last.
 *
 * @param spec without labels, which no placement looks at
 * @param holder node that may run the head, null if none may
 * @param standing what it is used for
 */
public record VolumeOutline(
    VolumeId id,
    String name,
    long sizeBytes,
    VolumeSpec spec,
    @Nullable NodeId holder,
    Standing standing,
    List<Member> members) {

  /**
   * What a volume is used for.
   *
   * @param task work that must be done before others may have it, null if there is none
   * @param half part of its content is not what it is to be
   */
  public record Standing(VolumePhase phase, long epoch, @Nullable Task task, boolean half) {}

  /** Work with a head of its own. */
  public record Task(VolumeTaskKind kind, String setId) {}

  /**
   * A replica.
   *
   * @param replaces replica that it takes the place of, null if it is no move
   */
  public record Member(ReplicaId id, PoolId pool, ReplicaRole role, @Nullable ReplicaId replaces) {}

  public VolumeOutline {
    members = List.copyOf(members);
  }

  /** In use and healthy: somebody can fill a new replica, and none is missing or under way. */
  boolean isMovable() {
    return holder != null
        && standing.task() == null
        && members.size() == spec.repl()
        && members.stream().allMatch(member -> member.role() == ReplicaRole.IN_SYNC);
  }

  /** In use, and nothing is missing; a replica may still be on its way in or out. */
  boolean isCopyable() {
    long inSync = members.stream().filter(member -> member.role() == ReplicaRole.IN_SYNC).count();
    return holder != null && inSync >= spec.repl();
  }

  /** Whether its content is being made from a snapshot of the set. */
  public boolean reads(String setId) {
    Task task = standing.task();
    return task != null && task.kind() != VolumeTaskKind.SNAPSHOT && task.setId().equals(setId);
  }

  /** The replica that serves its writer's reads. */
  boolean isBesideWriter(Member member) {
    return member.pool().node().equals(holder);
  }

  public Optional<Member> member(ReplicaId replica) {
    return members.stream().filter(member -> member.id().equals(replica)).findFirst();
  }

  /** A replica in a pool that is not about to be released. */
  Optional<Member> staying(PoolId pool) {
    return members.stream()
        .filter(member -> member.pool().equals(pool))
        .filter(member -> member.role() != ReplicaRole.LEAVING)
        .findFirst();
  }
}
