package io.mooring.volumemanager.volume;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * To whom a volume belongs, under which epoch, and for which work.
 *
 * @param epoch newest attachment
 * @param phase who holds it, or what it waits for
 * @param fencedNode node from which it was taken away last, null if none
 * @param task work that must be done before others may have it, null if there is none
 */
public record Attachment(
    Epoch epoch, VolumePhase phase, @Nullable NodeId fencedNode, @Nullable HeadTask task) {

  static final Attachment NEVER =
      new Attachment(new Epoch(0), new VolumePhase.Detached(), null, null);

  Attachment in(VolumePhase newPhase) {
    return new Attachment(epoch, newPhase, fencedNode, task);
  }

  Attachment with(@Nullable HeadTask newTask) {
    return new Attachment(epoch, phase, fencedNode, newTask);
  }

  /** A new attachment: higher epoch and new owner in one step. */
  Attachment publishedTo(NodeId node) {
    return new Attachment(epoch.next(), VolumePhase.Published.to(node), fencedNode, task);
  }

  /** The old attachment ends with a higher epoch that belongs to nobody yet. */
  Attachment fencedFrom(NodeId node, String judgement) {
    return new Attachment(
        epoch.next(), new VolumePhase.Fencing(node, judgement, List.of()), node, task);
  }
}
