package io.mooring.volumemanager.volume;

import org.jspecify.annotations.Nullable;

/**
 * Gives volumes to nodes, and says to whom they are not given. A volume is published for one
 * purpose at a time, also on one node: two users who do not know of each other would destroy what
 * the other writes. Whoever writes over what is there says since when it must be untouched; that is
 * compared here, in the same decision that gives it to him, and nowhere else. A volume that is half
 * is given to nobody but who fills it, as nobody could tell it from a whole one.
 */
final class PublicationRules {

  private final ClusterView cluster;
  private final TaskRules tasks;

  PublicationRules(ClusterView cluster, TaskRules tasks) {
    this.cluster = cluster;
    this.tasks = tasks;
  }

  void publish(Draft draft, VolumePhase.DeferredPublish publish) {
    Volume volume = draft.volume();
    HeadTask task = volume.task();
    if (task != null) {
      tasks.publish(draft, task, publish);
      return;
    }
    switch (volume.phase()) {
      case VolumePhase.Detached _ -> publishDetached(draft, publish);
      case VolumePhase.Fencing fencing -> draft.remember(volume.with(fencing.waitingFor(publish)));
      case VolumePhase.Published published -> publishAgain(draft, published.holder(), publish);
      case VolumePhase.Deleting _ -> draft.reject(publish.command(), Refusals.beingDeleted(volume));
    }
  }

  private static void publishAgain(
      Draft draft, NodeId holder, VolumePhase.DeferredPublish publish) {
    Volume volume = draft.volume();
    Rejection touched = touched(volume, publish);
    if (!volume.attachment().isPublishedFor(publish.purpose())) {
      draft.reject(publish.command(), Refusals.publishedForElse(volume, holder, publish.purpose()));
    } else if (!holder.equals(publish.node())) {
      draft.reject(publish.command(), Refusals.publishedElsewhere(volume, holder, publish.node()));
    } else if (touched != null) {
      draft.reject(publish.command(), touched);
    } else if (isHalfFor(volume, publish)) {
      draft.reject(publish.command(), Refusals.half(volume));
    } else {
      if (publish.fills()) {
        draft.become(volume.with(volume.attachment().filledFor(publish.purpose())));
      }
      draft.accept(publish.command());
    }
  }

  private static boolean isHalfFor(Volume volume, VolumePhase.DeferredPublish publish) {
    return volume.attachment().isHalf() && !publish.fills();
  }

  private void publishDetached(Draft draft, VolumePhase.DeferredPublish publish) {
    Volume volume = draft.volume();
    NodeId node = publish.node();
    Rejection touched = touched(volume, publish);
    if (touched != null) {
      draft.reject(publish.command(), touched);
    } else if (isHalfFor(volume, publish)) {
      draft.reject(publish.command(), Refusals.half(volume));
    } else if (!cluster.knows(node)) {
      draft.reject(publish.command(), Refusals.unknownNode(node));
    } else if (cluster.isDown(node)) {
      draft.reject(publish.command(), Refusals.nodeDown(volume, node));
    } else if (volume.replicas().inSync().stream().allMatch(cluster::isUnreachable)) {
      draft.reject(publish.command(), Refusals.noReplicaReachable(volume));
    } else {
      Attachment given = volume.attachment().publishedTo(node, publish.purpose());
      draft.become(volume.with(publish.fills() ? given.filledFor(publish.purpose()) : given));
      draft.answer(publish.command(), new VolumeFact.Published(node, publish.purpose()));
    }
  }

  /**
   * Epochs of one volume only rise: one that is lower than what was seen is another volume of the
   * same name, which somebody has made since.
   */
  private static @Nullable Rejection touched(Volume volume, VolumePhase.DeferredPublish publish) {
    Epoch since = publish.untouchedSince();
    if (since == null) {
      return null;
    }
    if (volume.epoch().value() < since.value()) {
      return Refusals.madeAnew(volume, since);
    }
    return volume.attachment().publication().isUntouchedSince(since, publish.purpose())
        ? null
        : Refusals.touched(volume, since, publish.purpose());
  }

  /**
   * Why a volume is not taken back for a purpose: it is published for something else, or work is
   * done on it. Null if it is his, or nobody's.
   */
  static @Nullable Rejection takenByOthers(Volume volume, Purpose purpose) {
    if (!(volume.phase() instanceof VolumePhase.Published published)
        || volume.attachment().isPublishedFor(purpose)) {
      return null;
    }
    HeadTask task = volume.task();
    return task != null
        ? Refusals.busy(volume, task)
        : Refusals.publishedForElse(volume, published.holder(), purpose);
  }
}
