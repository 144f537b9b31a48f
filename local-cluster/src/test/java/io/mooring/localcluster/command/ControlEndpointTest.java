package io.mooring.localcluster.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.localcluster.LocalClusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlEndpointTest {

  @TempDir Path directory;

  @Test
  void aRequestGetsItsAnswerInSeveralLines() throws IOException {
    Path socket = directory.resolve("control.sock");
    try (var _ = ControlEndpoint.serve(socket, words -> "you said\n" + words)) {
      assertThat(ControlEndpoint.request(socket, List.of("fault", "kill-node", "n1")))
          .isEqualTo("you said\n[fault, kill-node, n1]");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aRefusalKeepsItsCodeAndReason() throws IOException {
    Path socket = directory.resolve("control.sock");
    ControlEndpoint.Requests refusing =
        _ -> {
          throw new LocalClusterException("LCL-011", "There is no node 'x'", "why", "fix");
        };
    try (var _ = ControlEndpoint.serve(socket, refusing)) {
      assertThatThrownBy(() -> ControlEndpoint.request(socket, List.of("fault")))
          .isInstanceOf(LocalClusterException.class)
          .hasMessageContaining("LCL-011 There is no node 'x'");
    }
  }

  @Test
  void aBugInOneRequestDoesNotEndTheEndpoint() throws IOException {
    Path socket = directory.resolve("control.sock");
    ControlEndpoint.Requests sometimes =
        words -> {
          if (words.contains("bug")) {
            throw new IllegalStateException("a bug");
          }
          return "fine";
        };
    try (var _ = ControlEndpoint.serve(socket, sometimes)) {
      assertThatThrownBy(() -> ControlEndpoint.request(socket, List.of("bug")))
          .hasMessageContaining("a bug");
      assertThat(ControlEndpoint.request(socket, List.of("status"))).isEqualTo("fine");
    }
  }

  @Test
  void aSocketFileLeftByACrashIsReplaced() throws IOException {
    Path socket = Files.createFile(directory.resolve("control.sock"));
    try (var _ = ControlEndpoint.serve(socket, _ -> "fine")) {
      assertThat(ControlEndpoint.request(socket, List.of("status"))).isEqualTo("fine");
    }
  }

  @Test
  void noClusterIsSaidToBeNoCluster() {
    assertThatThrownBy(() -> ControlEndpoint.request(directory.resolve("none"), List.of("status")))
        .isInstanceOf(LocalClusterException.class)
        .hasMessageStartingWith("LCL-014");
  }
}
