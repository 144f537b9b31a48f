package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.SnapshotSource.Holder;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots that are taken together.
 *
 * @param id identity
 * @param name for people, need not be unique
 * @param phase state
 * @param members one for each volume
 * @param labels for whoever selects sets
 * @param origin where it comes from
 * @param updatedAt when it changed last
 */
public record SnapshotSet(
    SnapshotSetId id,
    String name,
    SetPhase phase,
    List<Member> members,
    Map<String, String> labels,
    Origin origin,
    Instant updatedAt) {

  /**
   * Where a set comes from.
   *
   * @param commands idempotency keys of the commands that it answers
   */
  public record Origin(String requestedBy, Cause cause, Instant createdAt, List<String> commands) {
    public Origin {
      commands = List.copyOf(commands);
    }
  }

  /**
   * One snapshot.
   *
   * @param volume its volume
   * @param volumeName name of the volume when it was asked for
   * @param snapshotId identity in the replicas, used for one attempt only
   * @param phase state
   */
  public record Member(VolumeId volume, String volumeName, String snapshotId, MemberPhase phase) {

    Member in(MemberPhase newPhase) {
      return new Member(volume, volumeName, snapshotId, newPhase);
    }

    boolean isTaken() {
      return phase instanceof MemberPhase.Taken;
    }
  }

  public SnapshotSet {
    members = List.copyOf(members);
    labels = Map.copyOf(labels);
    boolean taken = members.stream().allMatch(Member::isTaken);
    if (phase instanceof SetPhase.Ready && !taken) {
      throw new IllegalStateException("set " + id + " would be ready without a member: " + members);
    }
  }

  /** What is taken or being taken: replicas keep it. */
  public boolean isListed() {
    return isUnderWay() || phase instanceof SetPhase.Ready;
  }

  /** Whether time or a report may still change what it becomes. */
  public boolean isUnderWay() {
    return phase instanceof SetPhase.Holding || phase instanceof SetPhase.Taking;
  }

  public Optional<Member> member(VolumeId volume) {
    return members.stream().filter(member -> member.volume().equals(volume)).findFirst();
  }

  Set<VolumeId> volumes() {
    return members.stream().map(Member::volume).collect(Collectors.toSet());
  }

  /** Longest time for which writes of a volume were held back. */
  public long heldMsMax() {
    return members.stream()
        .map(Member::phase)
        .filter(MemberPhase.Taken.class::isInstance)
        .mapToLong(taken -> ((MemberPhase.Taken) taken).heldMs())
        .max()
        .orElse(0);
  }

  public @Nullable Instant takenAt() {
    return switch (phase) {
      case SetPhase.Taking taking -> taking.heldAt();
      case SetPhase.Ready ready -> ready.takenAt();
      case SetPhase.Deleting deleting -> deleting.takenAt();
      case SetPhase.Holding _ -> null;
      case SetPhase.Failed _ -> null;
    };
  }

  /** Every replica that may hold one of its snapshots, as far as that is known. */
  List<SetPhase.Left> holders() {
    List<SetPhase.Left> all = new ArrayList<>();
    for (Member member : members) {
      if (member.phase() instanceof MemberPhase.Taken taken) {
        for (Holder holder : taken.holders()) {
          all.add(new SetPhase.Left(member.volume(), holder));
        }
      }
    }
    return all;
  }

  SnapshotSet in(SetPhase newPhase, Instant now) {
    return new SnapshotSet(id, name, newPhase, members, labels, origin, now);
  }

  SnapshotSet with(Member changed, Instant now) {
    List<Member> next =
        members.stream().map(m -> m.volume().equals(changed.volume()) ? changed : m).toList();
    return new SnapshotSet(id, name, phase, next, labels, origin, now);
  }

  /** Another command that it answers too. */
  SnapshotSet joinedBy(String command) {
    if (origin.commands().contains(command)) {
      return this;
    }
    List<String> more = new ArrayList<>(origin.commands());
    more.add(command);
    Origin joined =
        new Origin(origin.requestedBy(), origin.cause(), origin.createdAt(), List.copyOf(more));
    return new SnapshotSet(id, name, phase, members, labels, joined, updatedAt);
  }
}
