package io.mooring.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import csi.v1.GetPluginInfoRequest;
import csi.v1.GetPluginInfoResponse;
import csi.v1.IdentityGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {

  @TempDir Path directory;

  @Test
  void aCallCrossesTheSocketAndRunsOnAVirtualThread() throws IOException {
    Path socket = directory.resolve("nested/csi.sock");
    try (var _ = UnixSocketServer.start(socket, List.of(new ThreadKindIdentity()));
        var channel = UnixSocketChannel.open(socket)) {
      assertThat(pluginName(channel)).isEqualTo("virtual=true");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aSocketFileLeftBehindIsReplacedAndAnOpenChannelReconnects() throws IOException {
    Path socket = Files.createFile(directory.resolve("csi.sock"));
    try (var channel = UnixSocketChannel.open(socket)) {
      try (var _ = UnixSocketServer.start(socket, List.of(new ThreadKindIdentity()))) {
        assertThat(pluginName(channel)).startsWith("virtual");
      }
      try (var _ = UnixSocketServer.start(socket, List.of(new ThreadKindIdentity()))) {
        assertThat(pluginName(channel)).startsWith("virtual");
      }
    }
  }

  @Test
  void aSocketThatNobodyServesIsUnavailable() {
    try (var channel = UnixSocketChannel.open(directory.resolve("nobody.sock"))) {
      assertThatThrownBy(() ->
              IdentityGrpc.newBlockingStub(channel.grpc())
                  .getPluginInfo(GetPluginInfoRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
  }

  @Test
  void aPathThatCannotBeBoundIsNamedInTheError() {
    Path tooLong = directory.resolve("x".repeat(150));
    assertThatThrownBy(() -> UnixSocketServer.start(tooLong, List.of(new ThreadKindIdentity())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(tooLong.toString());
  }

  private static String pluginName(UnixSocketChannel channel) {
    return IdentityGrpc.newBlockingStub(channel.grpc())
        .withWaitForReady()
        .getPluginInfo(GetPluginInfoRequest.getDefaultInstance())
        .getName();
  }

  private static final class ThreadKindIdentity extends IdentityGrpc.IdentityImplBase {
    @Override
    public void getPluginInfo(
        GetPluginInfoRequest request, StreamObserver<GetPluginInfoResponse> answer) {
      answer.onNext(
          GetPluginInfoResponse.newBuilder()
              .setName("virtual=" + Thread.currentThread().isVirtual())
              .build());
      answer.onCompleted();
    }
  }
}
