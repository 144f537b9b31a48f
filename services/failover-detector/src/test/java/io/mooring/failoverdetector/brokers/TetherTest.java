package io.mooring.failoverdetector.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TetherTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void aProcessThatEndsAndOneThatFollowsAreTold() throws IOException {
    ServerSocket listener = listen(0);
    int port = listener.getLocalPort();
    try (Tether tether = tetherTo(port)) {
      Socket accepted = listener.accept();
      listener.close();
      accepted.close();
      await().atMost(PATIENCE).until(() -> tether.run().ended());
      assertThat(tether.run().incarnation().number()).isZero();

      try (ServerSocket next = listen(port);
          Socket _ = next.accept()) {
        await().atMost(PATIENCE).until(() -> tether.run().incarnation().number() == 1);
        assertThat(tether.run().ended()).isFalse();
      }
    }
  }

  /** As after the death of a node: no goodbye, and another kernel under the same address. */
  @Test
  void aConnectionThatIsResetWasToAnotherProcess() throws IOException {
    try (ServerSocket listener = listen(0);
        Tether tether = tetherTo(listener.getLocalPort())) {
      Socket accepted = listener.accept();
      accepted.setSoLinger(true, 0);
      accepted.close();

      try (Socket _ = listener.accept()) {
        await().atMost(PATIENCE).until(() -> tether.run().incarnation().number() == 1);
      }
    }
  }

  @Test
  void aBrokerThatClosesIdleConnectionsIsTheSame() throws IOException {
    try (ServerSocket listener = listen(0);
        Tether tether = tetherTo(listener.getLocalPort())) {
      listener.accept().close();

      try (Socket _ = listener.accept()) {
        assertThat(tether.run().ended()).isFalse();
        assertThat(tether.run().incarnation().number()).isZero();
      }
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return listener;
  }

  private static Tether tetherTo(int port) {
    String loopback = InetAddress.getLoopbackAddress().getHostAddress();
    return Tether.to(new Endpoint(loopback, port, loopback));
  }
}
