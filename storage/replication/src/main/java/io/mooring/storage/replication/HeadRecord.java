package io.mooring.storage.replication;

import java.util.List;

/**
 * What a head keeps durably on its node, so that a restarted agent can go on without the catalogue
 * and never with a set that an earlier run has left behind (I4).
 *
 * @param promise epoch and session of the run that wrote the record; the next run of the epoch
 *     takes the next session
 * @param membership newest membership that the head has acted on
 * @param pendingJoiners replicas reported as caught up and not yet answered: members as long as
 *     nobody knows better
 */
public record HeadRecord(
    Promise promise, HeadMessage.Membership membership, List<ReplicaId> pendingJoiners) {
  public HeadRecord {
    pendingJoiners = pendingJoiners.stream().sorted().toList();
  }
}
