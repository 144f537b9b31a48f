package io.mooring.storage.engine;

import io.mooring.storage.replication.StreamId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The replication port: gives the heads of other nodes access to the replicas of this one. */
final class ReplicaServer implements AutoCloseable {

  private static final int CONNECTIONS_MAX = 4096;
  private static final int QUIET_SECONDS_MAX = 30;
  private static final int UNGREETED_SECONDS_MAX = 10;

  private final ServerSocketChannel listener;
  private final ReplicaDirectory replicas;
  private final Supplier<StreamId> streamIds;
  private final PayloadPool payloads;
  private final ReplicaServerObserver observer;
  private final Set<ReplicaSession> sessions = ConcurrentHashMap.newKeySet();
  private final ScheduledFuture<?> ticker;

  private ReplicaServer(
      ServerSocketChannel listener,
      ReplicaDirectory replicas,
      Supplier<StreamId> streamIds,
      PayloadPool payloads,
      ReplicaServerObserver observer,
      ScheduledExecutorService timer) {
    this.listener = listener;
    this.replicas = replicas;
    this.streamIds = streamIds;
    this.payloads = payloads;
    this.observer = observer;
    this.ticker = timer.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  static ReplicaServer listen(
      InetSocketAddress address,
      ReplicaDirectory replicas,
      Supplier<StreamId> streamIds,
      PayloadPool payloads,
      ReplicaServerObserver observer,
      ScheduledExecutorService timer)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.bind(address);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    ReplicaServer server =
        new ReplicaServer(listener, replicas, streamIds, payloads, observer, timer);
    Thread.ofPlatform().daemon().name("replication-accept").start(server::accept);
    return server;
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) listener.getLocalAddress();
  }

  int sessionCount() {
    return sessions.size();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        start(listener.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        observer.ended(new InetSocketAddress(0), "accept failed: " + e.getMessage());
      }
    }
  }

  private void start(SocketChannel channel) throws IOException {
    ReplicaSession session;
    try {
      if (sessions.size() >= CONNECTIONS_MAX) {
        channel.close();
        return;
      }
      session = new ReplicaSession(channel, payloads, replicas, streamIds.get(), observer);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    sessions.add(session);
    Thread.ofPlatform()
        .daemon()
        .name("replica-stream-" + channel.socket().getPort())
        .start(() -> {
          try {
            session.run();
          } finally {
            sessions.remove(session);
          }
        });
  }

  private void tick() {
    for (ReplicaSession session : sessions) {
      session.tick(QUIET_SECONDS_MAX, UNGREETED_SECONDS_MAX);
    }
  }

  @Override
  public void close() {
    ticker.cancel(false);
    try {
      listener.close();
    } catch (IOException e) {
      observer.ended(new InetSocketAddress(0), "closing failed: " + e.getMessage());
    }
    sessions.forEach(ReplicaSession::close);
  }
}
