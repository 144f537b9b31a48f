package io.mooring.volumemanager.volume;

import io.mooring.schemas.VolumeTaskKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Work that a node does with a head of its own, without a device, while nobody else may have the
 * volume. It can be repeated from its beginning on any node, so it survives the loss of one.
 *
 * @param id identity, the same after a crash
 * @param kind what is to be done
 * @param snapshot of which snapshot
 * @param since when it was given to a node, or failed there
 * @param failedOn nodes that could not do it since it was tried everywhere last
 * @param publishers publishes that wait for its end, oldest first
 */
public record HeadTask(
    String id,
    VolumeTaskKind kind,
    SnapshotKey snapshot,
    Instant since,
    List<NodeId> failedOn,
    List<VolumePhase.DeferredPublish> publishers) {

  public HeadTask {
    failedOn = List.copyOf(failedOn);
    publishers = List.copyOf(publishers);
  }

  static HeadTask requested(VolumeTaskKind kind, SnapshotKey snapshot, Cause cause, Instant now) {
    return new HeadTask("task-" + cause.recordId(), kind, snapshot, now, List.of(), List.of());
  }

  /** Over in seconds, whatever becomes of it, so that a publish may wait for it. */
  boolean isShort() {
    return kind == VolumeTaskKind.SNAPSHOT;
  }

  /** What its node has the volume for. */
  Purpose purpose() {
    return Purpose.of(kind, snapshot);
  }

  /** Whether the content of the volume is the same afterwards. */
  boolean onlyReads() {
    return kind == VolumeTaskKind.SNAPSHOT;
  }

  boolean isFor(VolumeTaskKind otherKind, SnapshotKey otherSnapshot) {
    return kind == otherKind && snapshot.equals(otherSnapshot);
  }

  HeadTask begun(Instant now) {
    return new HeadTask(id, kind, snapshot, now, failedOn, publishers);
  }

  HeadTask failed(NodeId node, Instant now) {
    List<NodeId> more = new ArrayList<>(failedOn);
    more.add(node);
    return new HeadTask(id, kind, snapshot, now, more, publishers);
  }

  HeadTask toBeTriedEverywhere() {
    return new HeadTask(id, kind, snapshot, since, List.of(), publishers);
  }

  HeadTask waitedForBy(VolumePhase.DeferredPublish publisher) {
    List<VolumePhase.DeferredPublish> more = new ArrayList<>(publishers);
    more.add(publisher);
    return withPublishers(more);
  }

  HeadTask withPublishers(List<VolumePhase.DeferredPublish> remaining) {
    return new HeadTask(id, kind, snapshot, since, failedOn, remaining);
  }
}
