package io.mooring.storage.engine;

import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import java.nio.ByteBuffer;

/**
 * A stream as its replica sees it: where answers go. Implemented by the connection of a remote head
 * and by the head in this process.
 */
interface ReplicaPort {

  /**
   * Whether changes must be applied in their order. The head in this process never has two changes
   * under way that overlap, so there they run side by side on its callers' threads.
   */
  boolean inOrder();

  /**
   * Called under the replica's lock, in the order of the answers; what takes time goes to {@code
   * after}.
   */
  void send(ReplicaMessage message, AfterUnlock after);

  /** Answers a question about data, without any lock held. */
  void answer(ReplicaMessage message);

  /**
   * Answers a read, without any lock held.
   *
   * @param bytes valid during the call
   */
  void sendData(RequestId request, ByteBuffer bytes);

  /** The replica drops the stream, after what was sent. Called under the replica's lock. */
  void end(AfterUnlock after);
}
