package io.mooring.storage.replication;

/** What a head wants done, in this order. */
public sealed interface HeadEffect {

  /**
   * Make the record durable, replacing the one before; answer {@link HeadInput.RecordPersisted}.
   */
  record PersistRecord(HeadRecord record, long token) implements HeadEffect {}

  /**
   * Connect to a replica and send {@code hello}. Failure is {@link HeadInput.StreamLost}, never an
   * exception.
   */
  record OpenStream(ReplicaId replica, StreamId stream, HeadMessage.Hello hello)
      implements HeadEffect {}

  /** Drop a stream and what is not yet sent on it; no {@link HeadInput.StreamLost} is expected. */
  record CloseStream(ReplicaId replica, StreamId stream) implements HeadEffect {}

  /** Append to a stream. */
  record Send(ReplicaId replica, StreamId stream, HeadMessage message) implements HeadEffect {}

  /** The write waits for another one or for the head to serve: keep its payload. */
  record Queued(RequestId request) implements HeadEffect {}

  /** Answer the client. */
  record Complete(RequestId request, Outcome outcome) implements HeadEffect {}

  /** Bytes of an internal read are not needed any more. */
  record Release(RequestId request) implements HeadEffect {}

  /** Tell the catalogue that a member is lost. Repeated until a state answers. */
  record ReportLost(ReplicaId replica, Generation generation, LossReason reason, String detail)
      implements HeadEffect {}

  /**
   * Tell the catalogue that a replica has everything and is waited for. Repeated until a state
   * answers.
   */
  record ReportCaughtUp(ReplicaId replica, Generation generation, ResyncStatistics statistics)
      implements HeadEffect {}

  /** For the log, metrics and reports; also what the device shows. */
  record StateChanged(HeadState state) implements HeadEffect {}

  /** Why a member is lost; reaches log, metric and event. */
  enum LossReason {
    STREAM_CLOSED,
    SILENT,
    SLOW,
    FAILED,
    /** Some of its content cannot be read, and another member is sound. */
    UNREADABLE
  }

  /** What bringing one replica back has cost. */
  record ResyncStatistics(long bytesCopied, long bytesCompared, long elapsedNanos) {}
}
