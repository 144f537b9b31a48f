package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.Sequence;
import io.mooring.storage.replication.StreamId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a remote head. Its thread reads, has the replica apply, and sends the answers
 * whenever it would have to wait for more: a burst of writes is acknowledged by one frame.
 */
final class ReplicaSession implements ReplicaPort {

  private final ReplicaDirectory replicas;
  private final StreamId stream;
  private final ReplicaServerObserver observer;
  private final FrameConnection connection;

  private volatile @Nullable Thread owner;
  private volatile boolean greeted;
  private volatile boolean ending;

  /** Ticks of the server without a sign of the head; a paused server has no ticks. */
  private volatile int quietTicks;

  /** Newest cumulative acknowledgement that is not yet in a frame; guarded by this monitor. */
  private @Nullable Sequence appliedUpTo;

  ReplicaSession(
      SocketChannel channel,
      PayloadPool payloads,
      ReplicaDirectory replicas,
      StreamId stream,
      ReplicaServerObserver observer)
      throws IOException {
    this.replicas = replicas;
    this.stream = stream;
    this.observer = observer;
    this.connection = new FrameConnection(channel, payloads, this::beforeWaiting);
  }

  /** Serves the head until either side ends the stream. */
  void run() {
    owner = Thread.currentThread();
    ReplicaHost host = null;
    try {
      Frame first = connection.next();
      HeadMessage.Hello hello = hello(first);
      host = host(hello);
      greeted = true;
      serve(host, hello, first.payload());
    } catch (WireException e) {
      refuse(e);
    } catch (EOFException | ClosedChannelException e) {
      observer.ended(connection.peer(), "closed");
    } catch (IOException e) {
      observer.ended(connection.peer(), String.valueOf(e.getMessage()));
    } finally {
      if (host != null) {
        host.lost(stream);
      }
      connection.release();
    }
  }

  private static HeadMessage.Hello hello(Frame first) throws WireException {
    if (HeadMessageCodec.decode(first) instanceof HeadMessage.Hello hello) {
      return hello;
    }
    throw new WireException(
        WireProblem.OUT_OF_PLACE,
        "Stream starts with %s instead of HELLO. Run the same release on all nodes."
            .formatted(first.type()));
  }

  private ReplicaHost host(HeadMessage.Hello hello) throws WireException {
    ReplicaHost host = replicas.find(hello.volume(), hello.replica()).orElse(null);
    if (host == null || !host.connect(stream, this)) {
      throw new WireException(
          WireProblem.REPLICA_UNKNOWN,
          "Replica %s of %s is not served here: it was removed, moved, or is unusable. Wait for the state of the volume, or look for REP-01x in this node's log."
              .formatted(hello.replica(), hello.volume()));
    }
    return host;
  }

  private void serve(ReplicaHost host, HeadMessage first, ByteBuffer firstPayload)
      throws IOException {
    HeadMessage message = first;
    ByteBuffer payload = firstPayload;
    AfterUnlock work = AfterUnlock.batching();
    while (true) {
      host.receive(stream, message, payload, work);
      work.run();
      host.awaitRoom(stream);
      Frame frame = connection.next();
      message = HeadMessageCodec.decode(frame);
      payload = frame.payload();
    }
  }

  private void refuse(WireException problem) {
    observer.refused(connection.peer(), problem);
    connection.append(
        ReplicaMessageCodec.encode(
            new ReplicaMessage.Failed(String.valueOf(problem.getMessage()))));
    connection.finish();
  }

  /** Ends a session whose head has not spoken for so many ticks. */
  void tick(int quietTicksMax, int endingTicksMax) {
    int quiet = quietTicks + 1;
    quietTicks = quiet;
    if (quiet > (greeted && !ending ? quietTicksMax : endingTicksMax)) {
      connection.close();
    }
  }

  void close() {
    connection.close();
  }

  private void beforeWaiting() {
    quietTicks = 0;
    appendApplied();
  }

  private synchronized void appendApplied() {
    Sequence upTo = appliedUpTo;
    if (upTo != null) {
      appliedUpTo = null;
      connection.append(ReplicaMessageCodec.encode(new ReplicaMessage.Applied(upTo)));
    }
  }

  @Override
  public boolean inOrder() {
    return true;
  }

  @Override
  public synchronized void send(ReplicaMessage message, AfterUnlock after) {
    if (message instanceof ReplicaMessage.Applied(Sequence upTo)) {
      appliedUpTo = upTo;
    } else {
      appendApplied();
      connection.append(ReplicaMessageCodec.encode(message));
    }
    if (Thread.currentThread() != owner) {
      after.add(this::flush);
    }
  }

  @Override
  public void answer(ReplicaMessage message) {
    connection.append(ReplicaMessageCodec.encode(message));
    connection.send();
  }

  @Override
  public void sendData(RequestId request, ByteBuffer bytes) {
    boolean zeros = ReplicaReads.isZero(bytes);
    Frame frame = ReplicaMessageCodec.encode(new ReplicaMessage.Data(request, zeros));
    connection.append(zeros ? frame : frame.withPayload(bytes));
    connection.send();
  }

  private void flush() {
    appendApplied();
    connection.send();
  }

  @Override
  public void end(AfterUnlock after) {
    ending = true;
    after.add(() -> {
      appendApplied();
      connection.finish();
    });
  }
}
