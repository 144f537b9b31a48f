package io.mooring.localcluster.storage;

import csi.v1.ControllerGrpc;
import csi.v1.NodeGrpc;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import io.mooring.csi.UnixSocketChannel;
import io.mooring.localcluster.orchestrator.VolumeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One CSI plugin behind its socket. Calls block, an interrupt ends them, and a call that did not
 * succeed is a {@link VolumeException}.
 */
final class CsiPlugin implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final String name;
  private final UnixSocketChannel channel;

  CsiPlugin(String name, Path socket) {
    this.name = name;
    this.channel = UnixSocketChannel.open(socket);
  }

  <T> T callController(String call, Function<ControllerGrpc.ControllerBlockingStub, T> body)
      throws InterruptedException {
    return call(call, ControllerGrpc::newBlockingStub, body);
  }

  <T> T callNode(String call, Function<NodeGrpc.NodeBlockingStub, T> body)
      throws InterruptedException {
    return call(call, NodeGrpc::newBlockingStub, body);
  }

  private <S extends AbstractBlockingStub<S>, T> T call(
      String call, Function<Channel, S> stub, Function<S, T> body) throws InterruptedException {
    // A plugin that restarted must not wait for the channel's growing pauses between attempts.
    channel.grpc().resetConnectBackoff();
    try {
      return body.apply(
          stub.apply(channel.grpc()).withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (StatusRuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(call + " was interrupted");
      }
      throw new VolumeException(
          "%s of %s failed: %s: %s"
              .formatted(call, name, e.getStatus().getCode(), e.getStatus().getDescription()),
          e);
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
