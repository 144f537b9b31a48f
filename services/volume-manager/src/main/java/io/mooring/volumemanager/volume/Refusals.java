package io.mooring.volumemanager.volume;

import java.util.List;

/** The refusals that depend on the state of a volume. */
final class Refusals {

  private Refusals() {}

  static Rejection sizeOutOfRange(long sizeBytes, long minBytes, long maxBytes) {
    return new Rejection(
        "VOL-011",
        "Size is %d bytes.".formatted(sizeBytes),
        "A volume with this file system has at least %d and at most %d bytes."
            .formatted(minBytes, maxBytes),
        "Ask for a size within these limits.");
  }

  static Rejection shrinking(Volume volume, long sizeBytes) {
    return new Rejection(
        "VOL-012",
        "Volume '%s' has %d bytes, %d were asked for."
            .formatted(volume.name(), volume.sizeBytes(), sizeBytes),
        "A volume never shrinks: its file system may use every byte.",
        "Ask for at least the current size, or create a smaller volume and copy.");
  }

  static Rejection alreadyExists(Volume volume) {
    return new Rejection(
        "VOL-020",
        "Volume '%s' exists with another size or other parameters.".formatted(volume.name()),
        "Creating is idempotent by name, so one name cannot stand for two volumes.",
        "Repeat the original size and parameters, or choose another name.");
  }

  static Rejection nameTaken(Volume volume, String name) {
    return new Rejection(
        "VOL-022",
        "Name '%s' leads to the same id as volume '%s'.".formatted(name, volume.name()),
        "Ids are derived from names, and these two collide.",
        "Choose another name.");
  }

  static Rejection badName(String name) {
    return new Rejection(
        "VOL-021",
        "Name '%s' is not usable.".formatted(name),
        "A name has 1 to 128 characters, none of them a control character, and is not an id.",
        "Choose another name.");
  }

  static Rejection publishedElsewhere(Volume volume, NodeId holder, NodeId wanted) {
    return new Rejection(
        "VOL-030",
        "Volume '%s' belongs to node %s, node %s asked for it."
            .formatted(volume.name(), holder, wanted),
        "Two nodes must never write to one volume (I2).",
        "Unpublish it from %s first, or wait until that node is judged down.".formatted(holder));
  }

  static Rejection deleteWhileAttached(Volume volume) {
    return new Rejection(
        "VOL-031",
        "Volume '%s' is attached or being fenced.".formatted(volume.name()),
        "Deleting it would take the disk away from a running writer.",
        "Stop what uses it and unpublish it first.");
  }

  static Rejection beingDeleted(Volume volume) {
    return new Rejection(
        "VOL-032",
        "Volume '%s' is being deleted.".formatted(volume.name()),
        "Its replicas are already being removed.",
        "Wait for VolumeDeleted; then the name is free again.");
  }

  static Rejection headStillOpen(Volume volume, NodeId holder) {
    return new Rejection(
        "VOL-033",
        "Volume '%s' is still open on node %s.".formatted(volume.name(), holder),
        "Its agent has not reported a clean close, so unflushed writes may exist.",
        "Unstage it on the node and try again, or unpublish with force to fence it.");
  }

  static Rejection nodeDown(Volume volume, NodeId node) {
    return new Rejection(
        "VOL-034",
        "Volume '%s' was to be published to node %s, which is down.".formatted(volume.name(), node),
        "Nobody there could open it.",
        "Publish it to another node, or try again when the node is up.");
  }

  static Rejection noReplicaReachable(Volume volume) {
    return new Rejection(
        "VOL-035",
        "No in-sync replica of volume '%s' is on a node that is up.".formatted(volume.name()),
        "Only an in-sync replica has every acknowledged write (I4).",
        "Bring a node of replicas %s back.".formatted(volume.inSyncNames()));
  }

  static Rejection unknownNode(NodeId node) {
    return new Rejection(
        "VOL-036",
        "Node '%s' is not known.".formatted(node),
        "No agent has registered under this name.",
        "Check the name against GET /nodes and that the node's volume-agent runs.");
  }

  static Rejection publishedForElse(Volume volume, NodeId holder, Purpose wanted) {
    return new Rejection(
        "VOL-037",
        "Volume '%s' is published to node %s for %s, and was asked for for %s."
            .formatted(volume.name(), holder, volume.attachment().publication().purpose(), wanted),
        "Two users who do not know of each other would destroy what the other writes.",
        "Wait until it is given back, or end that; GET /volumes/%s shows what it is published for."
            .formatted(volume.id()));
  }

  static Rejection touched(Volume volume, Epoch since, Purpose wanted) {
    Publication last = volume.attachment().publication();
    return new Rejection(
        "VOL-038",
        "Volume '%s' was published after epoch %s for something other than %s; the newest is epoch %s, for %s."
            .formatted(volume.name(), since, wanted, last.epoch(), last.purpose()),
        "Somebody may have written to it, and was to be written over.",
        "Find out who, with GET /volumes/%s/explain, and ask for all of it anew."
            .formatted(volume.id()));
  }

  static Rejection madeAnew(Volume volume, Epoch since) {
    return new Rejection(
        "VOL-038",
        "Volume '%s' has epoch %s, and was to be untouched since epoch %s."
            .formatted(volume.name(), volume.epoch(), since),
        "Epochs only rise: it was deleted and made anew, and may have other data.",
        "Find out who, with GET /volumes/%s/explain, and ask for all of it anew."
            .formatted(volume.id()));
  }

  static Rejection half(Volume volume) {
    Filling filling = volume.attachment().filling();
    return new Rejection(
        "VOL-039",
        "Volume '%s' is half: filling it for %s is not done."
            .formatted(volume.name(), filling == null ? Purpose.ORDINARY : filling.purpose()),
        "Its content is a mixture, or nothing yet; who mounts it could be given an empty file system"
            + " in place of his data.",
        "Let that come to its end, begin another restore, or delete the volume.");
  }

  static Rejection unknownVolume(VolumeId id) {
    return new Rejection(
        "VOL-040",
        "Volume %s does not exist.".formatted(id),
        "It was never created, or it was deleted.",
        "Check the name against GET /volumes.");
  }

  static Rejection replCountOutOfRange(int repl) {
    return new Rejection(
        "VOL-001",
        "repl is %d.".formatted(repl),
        "A volume has 1 to 3 synchronous replicas.",
        "Set repl to 1, 2 or 3.");
  }

  static Rejection wouldLoseData(Volume volume) {
    return new Rejection(
        "VOL-050",
        "Volume '%s' would have no in-sync replica left.".formatted(volume.name()),
        "Only an in-sync replica has every acknowledged write (I1).",
        "Wait until another replica is in sync, or name another node.");
  }

  static Rejection noReplicaThere(Volume volume, NodeId node) {
    return new Rejection(
        "VOL-051",
        "Node %s holds no replica of volume '%s'.".formatted(node, volume.name()),
        "Only a replica that exists can be removed.",
        "Name one of its nodes, or none.");
  }

  static Rejection notToBeMoved(Volume volume, ReplicaId replica) {
    return new Rejection(
        "VOL-052",
        "Replica %s of volume '%s' is not moved.".formatted(replica, volume.name()),
        "A replica is moved while all that the volume asks for are in sync and no other is added or"
            + " released; its replicas are %s.".formatted(volume.replicas().members()),
        "Wait until the volume is healthy, and move one replica after the other.");
  }

  static Rejection nobodyFillsIt(Volume volume) {
    return new Rejection(
        "VOL-053",
        "Volume '%s' is not open on any node.".formatted(volume.name()),
        "A new replica is filled by the head, and there is none.",
        "Move it while it is in use.");
  }

  static Rejection busy(Volume volume, HeadTask task) {
    String work =
        switch (task.kind()) {
          case SNAPSHOT -> "a snapshot of it is being taken";
          case RESTORE -> "it is being restored";
          case FILL -> "it is being filled from a snapshot";
        };
    return new Rejection(
        "VOL-070",
        "Volume '%s' is busy: %s (set %s).".formatted(volume.name(), work, task.snapshot().setId()),
        "Until that is done, nobody else may have it (I2), and a restore or a fill that ends"
            + " half-way leaves a mixture.",
        "Wait until GET /volumes shows no task; unpublish with force gives the work up.");
  }

  static Rejection deleteWithSnapshots(Volume volume) {
    return new Rejection(
        "VOL-071",
        "Volume '%s' has snapshots.".formatted(volume.name()),
        "They lie in its replicas and would be gone with them.",
        "Delete its snapshot sets first: GET /snapshots?volume=%s.".formatted(volume.id()));
  }

  static Rejection restoreWhileAttached(Volume volume) {
    return new Rejection(
        "VOL-072",
        "Volume '%s' is attached or being fenced.".formatted(volume.name()),
        "Its content would change under a running writer.",
        "Stop what uses it and unpublish it first.");
  }

  static Rejection unknownSnapshot(String setId, VolumeId volume) {
    return new Rejection(
        "VOL-073",
        "Set '%s' has no complete snapshot of volume %s.".formatted(setId, volume),
        "It was never taken, has failed, or is being deleted.",
        "Choose one that GET /snapshots lists as READY.");
  }

  static Rejection noHolderInSync(Volume volume, String setId) {
    return new Rejection(
        "VOL-074",
        "No replica of volume '%s' that is in sync and reachable holds its snapshot of set '%s'."
            .formatted(volume.name(), setId),
        "A restore reads the snapshot beside the head that writes.",
        "Bring the nodes that hold it back, or make a new volume from the snapshot.");
  }

  static Rejection smallerThanSnapshot(long sizeBytes, SnapshotSource source) {
    return new Rejection(
        "VOL-075",
        "Size is %d bytes, the snapshot has %d.".formatted(sizeBytes, source.sizeBytes()),
        "Its file system may use every byte.",
        "Ask for at least the size of the snapshot, or for 0 to have the same.");
  }

  static Rejection otherFileSystem(VolumeSpec spec, SnapshotSource source) {
    return new Rejection(
        "VOL-076",
        "Parameter fs is '%s', the snapshot has '%s'.".formatted(spec.fs(), source.spec().fs()),
        "The file system comes with the content.",
        "Leave fs out, or set it to that of the snapshot.");
  }

  static Rejection wouldLoseSnapshot(Volume volume, List<Replica> leaving) {
    return new Rejection(
        "VOL-077",
        "Snapshots of volume '%s' would be gone with %s."
            .formatted(volume.name(), leaving.stream().map(Replica::id).toList()),
        "A replica that is added does not get the older snapshots.",
        "Delete these sets first, or release another replica.");
  }

  static Rejection expired(CommandReference command) {
    return new Rejection(
        "VOL-090",
        "The command expired at %s.".formatted(command.expiresAt()),
        "It could not be decided before; who asked for it may no longer want it.",
        "Send it again if it is still wanted.");
  }
}
