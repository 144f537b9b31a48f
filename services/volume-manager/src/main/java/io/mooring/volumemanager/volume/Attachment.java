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
 * @param publication who could write to it last, and what for
 */
public record Attachment(
    Epoch epoch,
    VolumePhase phase,
    @Nullable NodeId fencedNode,
    @Nullable HeadTask task,
    Publication publication) {

  static final Attachment NEVER =
      new Attachment(
          new Epoch(0), new VolumePhase.Detached(), null, null, Publication.unknown(new Epoch(0)));

  /** What was stored before publications were kept has none. */
  public Attachment {
    publication = publication == null ? Publication.unknown(epoch) : publication;
  }

  Attachment in(VolumePhase newPhase) {
    return new Attachment(epoch, newPhase, fencedNode, task, publication);
  }

  Attachment with(@Nullable HeadTask newTask) {
    return new Attachment(epoch, phase, fencedNode, newTask, publication);
  }

  /** A new attachment: higher epoch and new owner in one step. */
  Attachment publishedTo(NodeId node, Purpose purpose) {
    return new Attachment(
        epoch.next(),
        VolumePhase.Published.to(node),
        fencedNode,
        task,
        publication.followedBy(epoch.next(), purpose));
  }

  /** A new attachment that only reads. */
  Attachment lentTo(NodeId node) {
    return new Attachment(
        epoch.next(), VolumePhase.Published.to(node), fencedNode, task, publication);
  }

  /** Whether somebody has it for this at present. Work of ours is nobody's. */
  boolean isPublishedFor(Purpose purpose) {
    return phase instanceof VolumePhase.Published
        && task == null
        && publication.purpose().equals(purpose);
  }

  /** The old attachment ends with a higher epoch that belongs to nobody yet. */
  Attachment fencedFrom(NodeId node, String judgement) {
    return new Attachment(
        epoch.next(), new VolumePhase.Fencing(node, judgement, List.of()), node, task, publication);
  }
}
