package io.mooring.benchmarks.volume;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Addresses of this machine for servers that last as long as the benchmark. */
final class Loopback {

  private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_MS = 20;

  private Loopback() {}

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static InetSocketAddress port(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Waits until a server accepts connections, for as long as there is hope. */
  static void awaitAnswer(InetSocketAddress address, BooleanSupplier isHopeful)
      throws IOException, InterruptedException {
    long started = System.nanoTime();
    while (!answers(address)) {
      if (!isHopeful.getAsBoolean() || System.nanoTime() - started > START_NANOS_MAX) {
        throw new IOException("no server came up at " + address + "; its log tells why");
      }
      Thread.sleep(POLL_MS);
    }
  }

  private static boolean answers(InetSocketAddress address) {
    try (SocketChannel channel = SocketChannel.open(address)) {
      return channel.isConnected();
    } catch (IOException _) {
      return false;
    }
  }
}
