package io.mooring.volumemanager.volume;

import io.mooring.schemas.ReplicaRole;
import java.util.List;

/** What follows when a node or a disk is judged unfit, and how a volume is taken away. */
final class VerdictRules {

  private final ClusterView cluster;

  VerdictRules(ClusterView cluster) {
    this.cluster = cluster;
  }

  void apply(Draft draft, VolumeInput.Judgement judgement) {
    VolumePhase phase = draft.volume().phase();
    if (phase instanceof VolumePhase.Deleting) {
      return;
    }
    switch (judgement.verdict()) {
      case Verdict.NodeDown(NodeId node, String reason) -> {
        if (phase instanceof VolumePhase.Published published && published.holder().equals(node)) {
          fence(
              draft,
              published,
              "NodeDown %s, event %s: %s".formatted(node, judgement.cause().recordId(), reason));
        } else if (holdsInSync(draft.volume(), node)) {
          dropUnreachable(draft, "node " + node + " is down: " + reason);
        }
      }
      case Verdict.DiskSick(PoolId pool, String error) -> {
        if (draft.volume().replicas().inSync().stream().anyMatch(r -> r.pool().equals(pool))) {
          dropUnreachable(draft, "disk of pool " + pool + " is sick: " + error);
        }
      }
    }
  }

  private static boolean holdsInSync(Volume volume, NodeId node) {
    return volume.replicas().inSync().stream().anyMatch(r -> r.node().equals(node));
  }

  /**
   * Takes the volume away: a higher epoch that belongs to nobody, and an in-sync set without the
   * replicas that cannot promise it, in one step. It ends when a remaining member promises.
   */
  void fence(Draft draft, VolumePhase.Published published, String judgement) {
    Volume volume = draft.volume();
    HeadTask task = volume.task();
    draft.become(volume.with(volume.attachment().fencedFrom(published.holder(), judgement)));
    draft.announce(new VolumeFact.FencingStarted(published.holder(), judgement));
    if (task != null && task.isShort()) {
      // The set has failed with its member. Anything longer is begun anew on another node.
      TaskRules.giveUp(draft, task, judgement);
      waitForTheEnd(draft, task.publishers());
    }
    dropUnreachable(draft, judgement);
    // Whoever wanted it detached can rely on that now: the old epoch is over.
    published.unpublishers().forEach(draft::accept);
  }

  private static void waitForTheEnd(Draft draft, List<VolumePhase.DeferredPublish> publishers) {
    if (draft.volume().phase() instanceof VolumePhase.Fencing fencing) {
      draft.remember(draft.volume().with(fencing.withPublishers(publishers)));
    }
  }

  private void dropUnreachable(Draft draft, String reason) {
    Volume volume = draft.volume();
    List<Replica> going = volume.replicas().inSyncThatMayGo(cluster::isUnreachable);
    if (!going.isEmpty()) {
      Volume smaller =
          volume.with(volume.replicas().withRole(going, ReplicaRole.STALE, draft.now()));
      draft.become(smaller);
      for (Replica replica : going) {
        draft.announce(
            new VolumeFact.Degraded(replica.id(), replica.node(), reason, smaller.inSyncNames()));
      }
    } else if (volume.replicas().inSync().stream().allMatch(cluster::isUnreachable)) {
      draft.announce(
          new VolumeFact.Unavailable(
              "no in-sync replica can be reached (" + volume.inSyncNames() + "): " + reason));
    }
  }
}
