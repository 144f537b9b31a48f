package io.mooring.storage.engine;

import java.net.SocketAddress;

/**
 * Hears of what goes wrong on the replication port. Called by connection threads; must not block.
 */
public interface ReplicaServerObserver {

  ReplicaServerObserver NONE = new ReplicaServerObserver() {};

  /** Something that is not a head of ours, or names a replica that is not here, was sent away. */
  default void refused(SocketAddress peer, WireException problem) {}

  /** A stream has ended. */
  default void ended(SocketAddress peer, String reason) {}
}
