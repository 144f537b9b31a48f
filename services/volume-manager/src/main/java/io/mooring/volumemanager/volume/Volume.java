package io.mooring.volumemanager.volume;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about one volume.
 *
 * @param id identity, derived from the name
 * @param request what created it; a repeated create is compared with this
 * @param sizeBytes logical size
 * @param spec current specification
 * @param attachment to whom it belongs
 * @param replicas its copies
 * @param lastChange when and why others saw it change last
 */
public record Volume(
    VolumeId id,
    Creation request,
    long sizeBytes,
    VolumeSpec spec,
    Attachment attachment,
    ReplicaSet replicas,
    Change lastChange) {

  /** What the user asked for at creation; a null source means empty. */
  public record Creation(
      String name, long sizeBytes, VolumeSpec spec, VolumeRequest.@Nullable Source source) {}

  /** When and why. */
  public record Change(Cause cause, Instant at) {}

  public Volume {
    boolean deleting = attachment.phase() instanceof VolumePhase.Deleting;
    if (!deleting && replicas.inSync().isEmpty()) {
      throw new IllegalStateException("I1: the in-sync set of " + id + " would be empty");
    }
  }

  public String name() {
    return request.name();
  }

  public Epoch epoch() {
    return attachment.epoch();
  }

  public VolumePhase phase() {
    return attachment.phase();
  }

  public @Nullable NodeId fencedNode() {
    return attachment.fencedNode();
  }

  /** Work that must be done before others may have it. */
  public @Nullable HeadTask task() {
    return attachment.task();
  }

  public Generation generation() {
    return replicas.generation();
  }

  /** Fewer replicas are in sync than the user asked for. */
  public boolean isDegraded() {
    return replicas.inSync().size() < spec.repl();
  }

  /** Whether time alone can change something: a wait can expire, a repair can become due. */
  public boolean needsAttention() {
    return switch (phase()) {
      case VolumePhase.Deleting _ -> true;
      case VolumePhase.Fencing _ -> true;
      case VolumePhase.Published published ->
          !published.unpublishers().isEmpty() || hasShortTask() || hasRepairToDo();
      case VolumePhase.Detached _ -> task() != null || hasRepairToDo();
    };
  }

  private boolean hasShortTask() {
    HeadTask task = task();
    return task != null && task.isShort();
  }

  private boolean hasRepairToDo() {
    return isDegraded() || !replicas.members().stream().allMatch(Replica::isInSync);
  }

  List<String> inSyncNames() {
    return replicas.inSync().stream().map(replica -> replica.id().value()).toList();
  }

  Volume with(VolumePhase newPhase) {
    return with(attachment.in(newPhase));
  }

  Volume with(Attachment newAttachment) {
    return new Volume(id, request, sizeBytes, spec, newAttachment, replicas, lastChange);
  }

  Volume with(HeadTask task) {
    return with(attachment.with(task));
  }

  Volume withoutTask() {
    return with(attachment.with(null));
  }

  Volume with(ReplicaSet newReplicas) {
    return new Volume(id, request, sizeBytes, spec, attachment, newReplicas, lastChange);
  }

  Volume with(VolumeSpec newSpec) {
    return new Volume(id, request, sizeBytes, newSpec, attachment, replicas, lastChange);
  }

  Volume withSize(long newSizeBytes) {
    return new Volume(id, request, newSizeBytes, spec, attachment, replicas, lastChange);
  }

  Volume changed(Cause cause, Instant now) {
    return new Volume(id, request, sizeBytes, spec, attachment, replicas, new Change(cause, now));
  }
}
