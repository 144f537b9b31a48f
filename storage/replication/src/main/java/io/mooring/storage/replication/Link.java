package io.mooring.storage.replication;

import org.jspecify.annotations.Nullable;

/** The head's side of one replica: its stream, if there is one, and what the head needs from it. */
final class Link {
  private final ReplicaId replica;
  private final int bit;
  private final boolean ordered;
  private Connection connection = new Connection.Down(Long.MIN_VALUE);
  private boolean required;
  private @Nullable Loss loss;

  Link(ReplicaId replica, int bit, boolean ordered) {
    this.replica = replica;
    this.bit = bit;
    this.ordered = ordered;
  }

  ReplicaId replica() {
    return replica;
  }

  /** One bit of the masks that say which replicas got and applied a change. */
  int bit() {
    return bit;
  }

  /** True if changes take effect in the order sent, as on every stream but the in-process one. */
  boolean isOrdered() {
    return ordered;
  }

  Connection connection() {
    return connection;
  }

  void connection(Connection next) {
    connection = next;
    if (next instanceof Connection.Open) {
      loss = null;
    }
  }

  boolean isOpen() {
    return connection instanceof Connection.Open;
  }

  /** The open stream; asking for it while there is none is a bug. */
  Connection.Open open() {
    if (connection instanceof Connection.Open open) {
      return open;
    }
    throw new Invariants.Violation("no open stream to " + replica);
  }

  /**
   * True if no write is acknowledged without this replica: a member, or about to become one (I1).
   */
  boolean isRequired() {
    return required;
  }

  void required(boolean isRequired) {
    required = isRequired;
    if (!isRequired) {
      loss = null;
    }
  }

  /** The report about the loss of this replica that the catalogue has not answered yet. */
  @Nullable Loss loss() {
    return loss;
  }

  void loss(Loss report) {
    loss = report;
  }

  boolean carries(StreamId stream) {
    return switch (connection) {
      case Connection.Open open -> open.stream().equals(stream);
      case Connection.Connecting connecting -> connecting.stream().equals(stream);
      case Connection.Down _ -> false;
    };
  }

  /** What is to be reported about a lost replica, and when that was done last. */
  record Loss(HeadEffect.LossReason reason, String detail, long reportedAt) {}
}
