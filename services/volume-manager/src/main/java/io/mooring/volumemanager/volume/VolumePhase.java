package io.mooring.volumemanager.volume;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * To whom a volume belongs.
 *
 * <pre>
 *              publish                         delete
 *  DETACHED ------------------> PUBLISHED     DETACHED -----> DELETING -----> (gone)
 *     ^  ^      clean unpublish    |                    every replica removed
 *     |  +-------------------------+
 *     |                            | holder judged down, or unpublish by force
 *     |   first promise of the     v
 *     +------------------------ FENCING
 *         new epoch by an in-sync replica
 * </pre>
 *
 * A publish that arrives while fencing waits, and is granted together with the detach.
 */
public sealed interface VolumePhase {

  /** Belongs to nobody; no head can have a write acknowledged. */
  record Detached() implements VolumePhase {}

  /**
   * Belongs to one node.
   *
   * @param holder that node
   * @param headOpen its agent said that the head serves and has not yet said that it is closed
   * @param unpublishers commands that wait for the head to be closed
   */
  record Published(NodeId holder, boolean headOpen, List<CommandReference> unpublishers)
      implements VolumePhase {

    public Published {
      unpublishers = List.copyOf(unpublishers);
    }

    static Published to(NodeId holder) {
      return new Published(holder, false, List.of());
    }

    Published withHeadOpen() {
      return new Published(holder, true, unpublishers);
    }

    Published withHeadClosed() {
      return new Published(holder, false, unpublishers);
    }

    Published waitingFor(CommandReference unpublisher) {
      List<CommandReference> more = new ArrayList<>(unpublishers);
      more.add(unpublisher);
      return new Published(holder, headOpen, more);
    }

    Published withUnpublishers(List<CommandReference> remaining) {
      return new Published(holder, headOpen, remaining);
    }
  }

  /**
   * Is being taken away from a node: waits for an in-sync replica to promise the new epoch.
   *
   * @param from the node that held it
   * @param judgement why it is taken away, with the id of the record that says so
   * @param publishers publishes that wait for the end of fencing, oldest first
   */
  record Fencing(NodeId from, String judgement, List<DeferredPublish> publishers)
      implements VolumePhase {

    public Fencing {
      publishers = List.copyOf(publishers);
    }

    Fencing waitingFor(DeferredPublish publisher) {
      List<DeferredPublish> more = new ArrayList<>(publishers);
      more.add(publisher);
      return new Fencing(from, judgement, more);
    }

    Fencing withPublishers(List<DeferredPublish> remaining) {
      return new Fencing(from, judgement, remaining);
    }
  }

  /** Its replicas are being removed. */
  record Deleting() implements VolumePhase {}

  /**
   * A publish, which may have to wait until fencing or a snapshot has ended.
   *
   * @param node who is to have it
   * @param command who asked
   * @param purpose what for
   * @param untouchedSince refused if somebody had it after this epoch for anything else; null for
   *     no condition
   * @param fills all of its content is written anew
   */
  record DeferredPublish(
      NodeId node,
      CommandReference command,
      Purpose purpose,
      @Nullable Epoch untouchedSince,
      boolean fills) {

    /** What was stored before purposes were kept is ordinary, and fills nothing. */
    public DeferredPublish {
      purpose = purpose == null ? Purpose.ORDINARY : purpose;
    }

    static DeferredPublish of(VolumeRequest.Publish request, CommandReference command) {
      return new DeferredPublish(
          request.node(), command, request.purpose(), request.untouchedSince(), request.fills());
    }
  }
}
