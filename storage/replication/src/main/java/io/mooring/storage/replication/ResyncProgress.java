package io.mooring.storage.replication;

/**
 * How far the return of a replica is.
 *
 * @param bytesCopied bytes sent to it, writes of the client not counted
 * @param bytesCompared bytes compared by digest
 * @param bytesLeft bytes still to compare or copy, as far as they are known yet
 */
public record ResyncProgress(
    ReplicaId replica, long bytesCopied, long bytesCompared, long bytesLeft) {}
