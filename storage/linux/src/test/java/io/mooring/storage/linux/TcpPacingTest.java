package io.mooring.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpPacingTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void bothEndsOfAConnectionAreNotPaced(String host) throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
          SocketChannel accepted = server.accept()) {

        for (SocketChannel end : List.of(client, accepted)) {
          assertThat(TcpPacing.avoid(end)).isNotEmpty().doesNotStartWith("bbr");
        }
      }
    }
  }

  @Test
  void whatIsNotPacedStaysAsItIs() throws IOException {
    String ofTheSystem =
        Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control")).strip();
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {

        String now = TcpPacing.avoid(client);

        assertThat(now).isEqualTo(ofTheSystem.startsWith("bbr") ? "cubic" : ofTheSystem);
      }
    }
  }
}
