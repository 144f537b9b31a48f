package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.StreamId;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a replica on another node. A thread of its own connects and reads; what is sent
 * before that is kept.
 */
final class RemoteStream implements HeadStream {

  private static final int CONNECT_MS_MAX = 3_000;

  private final InetSocketAddress address;
  private final StreamId id;
  private final HeadRun head;
  private final PayloadPool payloads;
  private final AfterUnlock readerWork = AfterUnlock.batching();

  private volatile @Nullable FrameConnection connection;
  private @Nullable Frame hello;
  private boolean closed;

  private RemoteStream(InetSocketAddress address, StreamId id, HeadRun head, PayloadPool payloads) {
    this.address = address;
    this.id = id;
    this.head = head;
    this.payloads = payloads;
  }

  static RemoteStream open(
      InetSocketAddress address,
      StreamId id,
      HeadMessage.Hello hello,
      HeadRun head,
      PayloadPool payloads) {
    RemoteStream stream = new RemoteStream(address, id, head, payloads);
    stream.hello = HeadMessageCodec.encode(hello);
    Thread.ofPlatform()
        .daemon()
        .name("head-stream-" + hello.volume() + "-" + hello.replica())
        .start(stream::run);
    return stream;
  }

  private void run() {
    String reason;
    try {
      FrameConnection opened = connect();
      try {
        read(opened);
      } finally {
        opened.release();
      }
      return;
    } catch (EOFException e) {
      reason = "the replica's node closed the connection";
    } catch (IOException e) {
      reason = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      // A bug ends the thread, and the head must not wait for what it would have brought.
      head.streamLost(id, "%s: %s".formatted(address, e));
      throw e;
    }
    head.streamLost(id, "%s: %s".formatted(address, reason));
  }

  private FrameConnection connect() throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, CONNECT_MS_MAX);
      FrameConnection opened = new FrameConnection(channel, payloads, this::beforeWaiting);
      synchronized (this) {
        if (closed || hello == null) {
          throw new IOException("given up");
        }
        opened.append(hello);
        connection = opened;
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void read(FrameConnection opened) throws IOException {
    while (true) {
      Frame frame = opened.next();
      ReplicaMessage message = ReplicaMessageCodec.decode(frame);
      head.received(id, message, frame.payload(), readerWork);
      readerWork.run();
      head.sendHeldBack();
    }
  }

  private void beforeWaiting() {
    readerWork.sendCompletions();
  }

  /** Before the replica has answered the hello, the head sends nothing. */
  @Override
  public void send(HeadMessage message, @Nullable Payload payload, AfterUnlock after) {
    FrameConnection opened = connection;
    if (opened == null) {
      return;
    }
    Frame frame = HeadMessageCodec.encode(message);
    if (payload == null) {
      opened.append(frame);
    } else {
      opened.append(frame.withPayload(payload.bytes()), payload.checksum());
    }
  }

  @Override
  public void flush() {
    FrameConnection opened = connection;
    if (opened != null && opened.queuedBytes() > 0) {
      opened.send();
    }
  }

  @Override
  public long queuedBytes() {
    FrameConnection opened = connection;
    return opened == null ? 0 : opened.queuedBytes();
  }

  @Override
  public synchronized void close(AfterUnlock after) {
    closed = true;
    FrameConnection opened = connection;
    if (opened != null) {
      after.add(opened::close);
    }
  }
}
