package io.mooring.volumemanager.catalogue;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMemberPhase;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.SnapshotSetState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot set as every instance knows it, and as it is shown.
 *
 * @param takenAt the moment that it shows, null if there is none
 */
public record SnapshotDescription(
    String setId,
    String name,
    SnapshotSetPhase phase,
    List<Member> members,
    Map<String, String> labels,
    List<String> commands,
    String requestedBy,
    String reason,
    Instant createdAt,
    @Nullable Instant takenAt,
    Instant updatedAt,
    String correlationId) {

  /**
   * One volume with its snapshot.
   *
   * @param holders replicas that took it; one that was replaced since holds it no longer
   */
  public record Member(
      String volumeId,
      String volumeName,
      String snapshotId,
      SnapshotMemberPhase phase,
      long sizeBytes,
      List<Holder> holders,
      long heldMs,
      String reason) {}

  /** A replica that holds a snapshot. */
  public record Holder(String replicaId, String nodeId) {}

  static SnapshotDescription of(SnapshotSetState state) {
    return new SnapshotDescription(
        state.getSetId(),
        state.getName(),
        state.getPhase(),
        state.getMembers().stream().map(SnapshotDescription::member).toList(),
        Map.copyOf(state.getLabels()),
        List.copyOf(state.getCommands()),
        state.getRequestedBy(),
        state.getReason(),
        state.getCreatedAt(),
        state.getTakenAt(),
        state.getUpdatedAt(),
        state.getCorrelationId());
  }

  private static Member member(SnapshotMember member) {
    return new Member(
        member.getVolumeId(),
        member.getVolumeName(),
        member.getSnapshotId(),
        member.getPhase(),
        member.getSizeBytes(),
        member.getHolders().stream().map(SnapshotDescription::holder).toList(),
        member.getHeldMs(),
        member.getReason());
  }

  private static Holder holder(SnapshotHolder holder) {
    return new Holder(holder.getReplicaId(), holder.getNodeId());
  }

  /** Whether it is taken, or will be taken or given up by itself. */
  @JsonIgnore
  public boolean isListed() {
    return switch (phase) {
      case HOLDING, TAKING, READY -> true;
      case FAILED, DELETING -> false;
    };
  }

  /** Whether it is still open what becomes of it. */
  @JsonIgnore
  public boolean isUnderWay() {
    return isListed() && phase != SnapshotSetPhase.READY;
  }

  /** The same with only those holders that are still there. */
  public SnapshotDescription withHolders(BiPredicate<Member, Holder> present) {
    List<Member> filtered =
        members.stream()
            .map(m ->
                new Member(
                    m.volumeId(),
                    m.volumeName(),
                    m.snapshotId(),
                    m.phase(),
                    m.sizeBytes(),
                    m.holders().stream().filter(holder -> present.test(m, holder)).toList(),
                    m.heldMs(),
                    m.reason()))
            .toList();
    return new SnapshotDescription(
        setId,
        name,
        phase,
        filtered,
        labels,
        commands,
        requestedBy,
        reason,
        createdAt,
        takenAt,
        updatedAt,
        correlationId);
  }

  /** The snapshot of a volume. */
  public Optional<Member> of(String volumeId) {
    return members.stream().filter(member -> member.volumeId().equals(volumeId)).findFirst();
  }
}
