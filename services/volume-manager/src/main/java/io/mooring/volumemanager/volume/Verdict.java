package io.mooring.volumemanager.volume;

/**
 * A judgement of the failure detector that concerns volumes. Good news (a node or a disk is back)
 * changes only what {@link ClusterView} answers: heads reconnect to returning replicas by
 * themselves.
 */
public sealed interface Verdict {

  record NodeDown(NodeId node, String reason) implements Verdict {}

  record DiskSick(PoolId pool, String error) implements Verdict {}
}
