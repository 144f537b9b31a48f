package io.mooring.csi;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC server on a unix domain socket. Each call runs on a virtual thread of its own, so that
 * services are written as plain blocking code.
 */
public final class UnixSocketServer implements AutoCloseable {

  private static final long SHUTDOWN_SECONDS = 5;

  private final Path socket;
  private final Server server;
  private final EventLoopGroup ioThread;
  private final ExecutorService callThreads;

  private UnixSocketServer(
      Path socket, Server server, EventLoopGroup ioThread, ExecutorService callThreads) {
    this.socket = socket;
    this.server = server;
    this.ioThread = ioThread;
    this.callThreads = callThreads;
  }

  /**
   * Starts serving. A socket file left behind by a killed process is replaced: whoever runs at this
   * path is decided by who was started, not by what is left on the disk.
   *
   * @throws IOException if the directory cannot be made or the socket cannot be bound
   */
  public static UnixSocketServer start(Path socket, List<? extends BindableService> services)
      throws IOException {
    Path parent = socket.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.deleteIfExists(socket);

    EventLoopGroup ioThread = new EpollEventLoopGroup(1);
    ExecutorService callThreads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("csi-call-", 0).factory());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(ioThread)
            .workerEventLoopGroup(ioThread)
            .executor(callThreads);
    services.forEach(builder::addService);
    try {
      return new UnixSocketServer(socket, builder.build().start(), ioThread, callThreads);
    } catch (IOException e) {
      ioThread.shutdownGracefully();
      callThreads.shutdown();
      throw new IOException("cannot serve CSI on " + socket + ": " + e.getMessage(), e);
    }
  }

  /** Path of the socket. */
  public Path socket() {
    return socket;
  }

  /** Lets running calls finish for a few seconds, then cuts them off and removes the socket. */
  @Override
  public void close() throws IOException {
    server.shutdown();
    try {
      if (!server.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    } finally {
      callThreads.shutdown();
      ioThread.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
      Files.deleteIfExists(socket);
    }
  }
}
