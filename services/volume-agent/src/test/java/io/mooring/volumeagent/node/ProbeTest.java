package io.mooring.volumeagent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.PeerObservation;
import io.mooring.schemas.ProbeOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProbeTest {

  private static final Duration TIMEOUT = Duration.ofMillis(300);
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final AtomicLong now = new AtomicLong();
  private final StallGauge stalls =
      new StallGauge(Duration.ofMillis(25), Duration.ofMillis(200), now::get);

  @Test
  void aRunningAgentIsReachable() throws IOException {
    try (var responder = responder()) {
      PeerProbe.Result result = ask(responder.port());

      assertThat(result.outcome()).isEqualTo(ProbeOutcome.REACHABLE);
      assertThat(result.roundTripMicros()).isPositive();
    }
  }

  @Test
  void anAgentWhoseTickerHangsIsStalledAndRecovers() throws IOException {
    try (var responder = responder()) {
      now.addAndGet(Duration.ofSeconds(5).toNanos());
      assertThat(ask(responder.port()).outcome()).isEqualTo(ProbeOutcome.STALLED);

      stalls.tick();
      assertThat(ask(responder.port()).outcome()).isEqualTo(ProbeOutcome.REACHABLE);
    }
  }

  @Test
  void aPortThatNobodyServesIsRefused() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, LOOPBACK)) {
      port = free.getLocalPort();
    }

    assertThat(ask(port).outcome()).isEqualTo(ProbeOutcome.REFUSED);
  }

  @Test
  void aProcessThatDoesNotAcceptIsStalled() throws IOException {
    try (var paused = new ServerSocket(0, 50, LOOPBACK)) {
      assertThat(ask(paused.getLocalPort()).outcome()).isEqualTo(ProbeOutcome.STALLED);
    }
  }

  /**
   * The kernel drops connections to a full accept queue, as a network drops those to a dead node.
   */
  @Test
  void anAddressFromWhichNothingComesBackIsUnreachable() throws IOException {
    List<SocketChannel> waiting = new ArrayList<>();
    try (var full = new ServerSocket(0, 1, LOOPBACK)) {
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        waiting.add(channel);
        channel.configureBlocking(false);
        channel.connect(full.getLocalSocketAddress());
      }

      assertThat(ask(full.getLocalPort()).outcome()).isEqualTo(ProbeOutcome.UNREACHABLE);
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void clientsThatSendNothingOrGarbageDoNotDelayOthers() throws IOException {
    List<Socket> silent = new ArrayList<>();
    try (var responder = responder()) {
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket(LOOPBACK, responder.port());
        silent.add(socket);
        if (i % 2 == 0) {
          socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
        }
      }

      assertThat(ask(responder.port()).outcome()).isEqualTo(ProbeOutcome.REACHABLE);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void theProberFollowsThePeersThatAreKnown() throws IOException {
    var settings = new PeerProber.Settings(Duration.ofMillis(20), TIMEOUT, 16);
    try (var prober = new PeerProber("n1", settings)) {
      try (var responder = responder()) {
        prober.know(
            List.of(
                new Peer("n1", LOOPBACK.getHostAddress(), 1),
                new Peer("n2", LOOPBACK.getHostAddress(), responder.port())));
        await()
            .untilAsserted(() ->
                assertThat(onlyObservation(prober))
                    .satisfies(seen -> {
                      assertThat(seen.getNodeId()).isEqualTo("n2");
                      assertThat(seen.getOutcome()).isEqualTo(ProbeOutcome.REACHABLE);
                      assertThat(seen.getSinceMs()).isGreaterThan(50);
                    }));
      }
      await()
          .untilAsserted(() ->
              assertThat(onlyObservation(prober).getOutcome()).isEqualTo(ProbeOutcome.REFUSED));

      prober.know(List.of());
      assertThat(prober.observations()).isEmpty();
    }
  }

  private static PeerObservation onlyObservation(PeerProber prober) {
    assertThat(prober.observations()).hasSize(1);
    return prober.observations().getFirst();
  }

  private ProbeResponder responder() throws IOException {
    return ProbeResponder.start(new InetSocketAddress(LOOPBACK, 0), stalls);
  }

  private static PeerProbe.Result ask(int port) {
    return PeerProbe.ask(new InetSocketAddress(LOOPBACK, port), TIMEOUT);
  }
}
