package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadMessage;
import org.jspecify.annotations.Nullable;

/** A stream as its head sees it: a connection to another node, or the replica in this process. */
interface HeadStream {

  /**
   * Appends a message. Called under the head's lock, in the order of the stream; what takes time
   * goes to {@code after}.
   *
   * @param payload the bytes of a write or copy
   */
  void send(HeadMessage message, @Nullable Payload payload, AfterUnlock after);

  /** Sends what was appended, without waiting and without any lock held. */
  void flush();

  /** Bytes appended and not yet on their way. */
  long queuedBytes();

  /** Drops the stream and what is not yet on its way. */
  void close(AfterUnlock after);
}
