package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FrameConnectionIT {

  private static final int FRAMES = 64;
  private static final int PAYLOAD = 1 << 20;

  @Test
  void aPeerThatDoesNotReadHoldsUpNobodyAndMissesNothing() throws Exception {
    PayloadPool payloads = new PayloadPool();
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel client = SocketChannel.open(listener.getLocalAddress());
      FrameConnection sender = new FrameConnection(client, payloads, () -> {});
      FrameConnection receiver = new FrameConnection(listener.accept(), payloads, () -> {});
      CompletableFuture<Frame> answer = CompletableFuture.supplyAsync(() -> next(sender));

      for (int i = 0; i < FRAMES; i++) {
        ByteBuffer payload = ByteBuffer.allocateDirect(PAYLOAD).putInt(0, i);
        sender.append(Frame.of(FrameType.DATA, i).withPayload(payload));
        sender.send(); // does not wait, though nobody reads yet
      }
      assertThat(sender.queuedBytes()).isPositive();

      for (int i = 0; i < FRAMES; i++) {
        Frame frame = receiver.next();
        assertThat(frame.first()).isEqualTo(i);
        assertThat(frame.payload().getInt(0)).isEqualTo(i);
      }
      receiver.append(Frame.of(FrameType.PONG, 1));
      receiver.send();
      assertThat(answer.get(10, TimeUnit.SECONDS).type()).isEqualTo(FrameType.PONG);
      assertThat(sender.queuedBytes()).isZero();
      sender.release();
      receiver.release();
    }
  }

  private static Frame next(FrameConnection connection) {
    try {
      return connection.next();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
