package io.mooring.volumemanager.volume;

import io.mooring.schemas.VolumeTaskKind;
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
 * @param filling who writes all of its content anew, or did so last; null if nobody ever did
 */
public record Attachment(
    Epoch epoch,
    VolumePhase phase,
    @Nullable NodeId fencedNode,
    @Nullable HeadTask task,
    Publication publication,
    @Nullable Filling filling) {

  static final Attachment NEVER =
      new Attachment(
          new Epoch(0),
          new VolumePhase.Detached(),
          null,
          null,
          Publication.unknown(new Epoch(0)),
          null);

  /** What was stored before publications and fillings were kept has none. */
  public Attachment {
    publication = publication == null ? Publication.unknown(epoch) : publication;
    filling = filling == null ? fillingOf(task, phase, epoch) : filling;
  }

  /** Of work that was begun before fillings were kept. */
  private static @Nullable Filling fillingOf(
      @Nullable HeadTask task, VolumePhase phase, Epoch epoch) {
    boolean begun =
        task != null
            && !task.onlyReads()
            && (task.kind() == VolumeTaskKind.FILL || !(phase instanceof VolumePhase.Detached));
    return begun ? Filling.half(task.purpose(), epoch) : null;
  }

  Attachment in(VolumePhase newPhase) {
    return new Attachment(epoch, newPhase, fencedNode, task, publication, filling);
  }

  Attachment with(@Nullable HeadTask newTask) {
    return new Attachment(epoch, phase, fencedNode, newTask, publication, filling);
  }

  private Attachment with(Filling newFilling) {
    return new Attachment(epoch, phase, fencedNode, task, publication, newFilling);
  }

  /** All of its content is written anew from now on. */
  Attachment filledFor(Purpose purpose) {
    return with(Filling.half(purpose, epoch));
  }

  /** All of its content is written. */
  Attachment filled() {
    return filling == null ? this : with(filling.done());
  }

  /** Part of its content is not what it is to be. */
  public boolean isHalf() {
    return filling != null && !filling.whole();
  }

  /** Whether nobody has had it since it was given away, under this epoch, to be filled for this. */
  boolean isFilledBy(Purpose purpose, Epoch under) {
    return filling != null
        && filling.purpose().equals(purpose)
        && filling.epoch().equals(under)
        && publication.purpose().equals(purpose)
        && publication.epoch().equals(under);
  }

  /** A new attachment: higher epoch and new owner in one step. */
  Attachment publishedTo(NodeId node, Purpose purpose) {
    return new Attachment(
        epoch.next(),
        VolumePhase.Published.to(node),
        fencedNode,
        task,
        publication.followedBy(epoch.next(), purpose),
        filling);
  }

  /** A new attachment that only reads. */
  Attachment lentTo(NodeId node) {
    return new Attachment(
        epoch.next(), VolumePhase.Published.to(node), fencedNode, task, publication, filling);
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
        epoch.next(),
        new VolumePhase.Fencing(node, judgement, List.of()),
        node,
        task,
        publication,
        filling);
  }
}
