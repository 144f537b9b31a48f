package io.mooring.storage.nbd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One listening socket and the thread that accepts from it. */
final class Listener implements AutoCloseable {

  private static final int BACKLOG = 128;

  /** Pause after a failed accept, which as a rule means that descriptors ran out. */
  private static final long RETRY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ServerSocketChannel channel;
  private final Acceptor acceptor;

  /** Takes accepted sockets over. */
  interface Acceptor {
    void accept(SocketChannel channel) throws IOException;
  }

  private Listener(ServerSocketChannel channel, Acceptor acceptor) {
    this.channel = channel;
    this.acceptor = acceptor;
  }

  static Listener open(SocketAddress address, Acceptor acceptor) throws IOException {
    ServerSocketChannel channel =
        address instanceof UnixDomainSocketAddress unix ? bindUnix(unix) : bindTcp(address);
    Listener listener = new Listener(channel, acceptor);
    Thread.ofPlatform().daemon().name("nbd accept " + address).start(listener::run);
    return listener;
  }

  SocketAddress address() throws IOException {
    return channel.getLocalAddress();
  }

  @Override
  public void close() {
    try {
      SocketAddress address = channel.getLocalAddress();
      channel.close();
      if (address instanceof UnixDomainSocketAddress unix) {
        Files.deleteIfExists(unix.getPath());
      }
    } catch (ClosedChannelException e) {
      // Closed before: nothing is left to do.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the NBD listener " + channel, e);
    }
  }

  private void run() {
    while (channel.isOpen()) {
      try {
        acceptOne();
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(RETRY_PAUSE_NANOS);
      }
    }
  }

  private void acceptOne() throws IOException {
    SocketChannel accepted = channel.accept();
    try {
      acceptor.accept(accepted);
    } catch (IOException | RuntimeException e) {
      accepted.close();
      throw e;
    }
  }

  private static ServerSocketChannel bindTcp(SocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return channel.bind(address, BACKLOG);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ServerSocketChannel bindUnix(UnixDomainSocketAddress address) throws IOException {
    Path path = address.getPath();
    if (Files.exists(path)) {
      deleteIfStale(address);
    }
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(address, BACKLOG);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** A crash leaves the file of a unix socket behind; a live server answers on it. */
  private static void deleteIfStale(UnixDomainSocketAddress address) throws IOException {
    try {
      SocketChannel.open(address).close();
    } catch (ConnectException e) {
      Files.delete(address.getPath());
      return;
    }
    throw new BindException(
        "NBD-020 Cannot listen on %s: another server answers there. Stop it or choose another path."
            .formatted(address));
  }
}
