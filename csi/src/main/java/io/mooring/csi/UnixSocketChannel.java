package io.mooring.csi;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC channel to a unix domain socket. It connects at the first call and again after the peer
 * restarted; it owns its one I/O thread.
 */
public final class UnixSocketChannel implements AutoCloseable {

  private static final long SHUTDOWN_SECONDS = 5;

  private final ManagedChannel channel;
  private final EventLoopGroup ioThread;

  private UnixSocketChannel(ManagedChannel channel, EventLoopGroup ioThread) {
    this.channel = channel;
    this.ioThread = ioThread;
  }

  /** Opens a channel; nothing has to listen yet. */
  public static UnixSocketChannel open(Path socket) {
    EventLoopGroup ioThread = new EpollEventLoopGroup(1);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(ioThread)
            // Set by gRPC for every channel; null takes it away where there is nothing to keep
            // alive.
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            // A socket path is no valid HTTP/2 authority, and some servers check.
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
    return new UnixSocketChannel(channel, ioThread);
  }

  /** The channel to give to a generated stub. */
  public ManagedChannel grpc() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    ioThread.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
  }
}
