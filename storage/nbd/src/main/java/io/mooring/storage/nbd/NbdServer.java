package io.mooring.storage.nbd;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Serves block devices over NBD on any number of TCP and unix sockets. A client that breaks the
 * protocol, a limit or its own promise to go on is disconnected for a counted {@link
 * DisconnectReason}; it costs the others nothing but its share of the machine.
 */
public final class NbdServer implements AutoCloseable {

  private final NbdServerLimits limits;
  private final NbdServerObserver observer;
  private final BufferPool pool = new BufferPool();
  private final ExportDirectory exports = new ExportDirectory();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<DisconnectReason, LongAdder> disconnects =
      new EnumMap<>(DisconnectReason.class);

  /** Guards the two collections below, and {@link #closed}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Collection<Connection> connections = ConcurrentHashMap.newKeySet();

  /** Oldest first. */
  private final List<Connection> handshakes = new ArrayList<>();

  private boolean closed;

  public NbdServer(NbdServerLimits limits, NbdServerObserver observer) {
    this.limits = limits;
    this.observer = observer;
    for (DisconnectReason reason : DisconnectReason.values()) {
      disconnects.put(reason, new LongAdder());
    }
  }

  /**
   * Accepts clients at {@code address}. The file of a unix socket that nobody listens to any more
   * is replaced; only the owner of the new one may connect.
   *
   * @return the address bound, with the port that was chosen if {@code address} has port 0
   */
  public SocketAddress listen(SocketAddress address) throws IOException {
    Listener listener = Listener.open(address, this::accept);
    listeners.add(listener);
    return listener.address();
  }

  /** From now on clients find this export. */
  public void publish(NbdExport export) {
    exports.publish(export);
  }

  /**
   * Takes an export away and disconnects its clients. On return the device sees no further call,
   * provided its methods return within the drain timeout.
   *
   * @return whether there was such an export
   */
  public boolean withdraw(String name) {
    Optional<PublishedExport> withdrawn = exports.withdraw(name);
    withdrawn.ifPresent(published ->
        endAll(List.copyOf(published.connections()), DisconnectReason.EXPORT_WITHDRAWN));
    return withdrawn.isPresent();
  }

  /** Requests to an export since it was published; empty if it is not. */
  public Optional<ExportTraffic> traffic(String name) {
    return exports.find(name).map(published -> published.counters().snapshot());
  }

  /** Clients at the moment, those in their handshake included. */
  public int connectionCount() {
    return connections.size();
  }

  /** Clients of an export at the moment, past their handshake; 0 if there is no such export. */
  public int connectionCount(String name) {
    return exports.find(name).map(published -> published.connections().size()).orElse(0);
  }

  /** How many connections have ended, by reason. */
  public Map<DisconnectReason, Long> disconnects() {
    Map<DisconnectReason, Long> counts = new EnumMap<>(DisconnectReason.class);
    disconnects.forEach((reason, count) -> counts.put(reason, count.sum()));
    return counts;
  }

  /** Stops listening and disconnects everybody. */
  @Override
  public void close() {
    listeners.forEach(Listener::close);
    List<Connection> open;
    lock.lock();
    try {
      closed = true;
      open = List.copyOf(connections);
    } finally {
      lock.unlock();
    }
    endAll(open, DisconnectReason.SERVER_STOPPED);
  }

  ExportDirectory exports() {
    return exports;
  }

  /** A connection has finished its handshake. */
  void enter(Connection connection, PublishedExport published) throws DisconnectException {
    published.connections().add(connection);
    String name = published.export().name();
    if (exports.find(name).orElse(null) != published) {
      throw new DisconnectException(DisconnectReason.EXPORT_WITHDRAWN);
    }
    lock.lock();
    try {
      handshakes.remove(connection);
    } finally {
      lock.unlock();
    }
    observer.connected(connection.peer(), name);
  }

  void leave(Connection connection, DisconnectReason reason, @Nullable Throwable cause) {
    lock.lock();
    try {
      connections.remove(connection);
      handshakes.remove(connection);
    } finally {
      lock.unlock();
    }
    PublishedExport published = connection.published();
    if (published != null) {
      published.connections().remove(connection);
    }
    disconnects.get(reason).increment();
    String export = published == null ? null : published.export().name();
    observer.disconnected(connection.peer(), export, reason, cause);
  }

  private void accept(SocketChannel channel) throws IOException {
    Connection connection = new Connection(this, channel, pool, limits);
    DisconnectReason refusal = register(connection);
    if (refusal == null) {
      connection.start();
    } else {
      connection.end(refusal, null);
    }
  }

  private @Nullable DisconnectReason register(Connection connection) {
    lock.lock();
    try {
      if (closed) {
        return DisconnectReason.SERVER_STOPPED;
      }
      if (connections.size() >= limits.connectionsMax()) {
        return DisconnectReason.CONNECTION_LIMIT;
      }
      connections.add(connection);
      handshakes.add(connection);
      if (handshakes.size() > limits.handshakesMax()) {
        handshakes.removeFirst().stop(DisconnectReason.HANDSHAKE_CROWDED_OUT);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void endAll(Collection<Connection> ending, DisconnectReason reason) {
    ending.forEach(connection -> connection.stop(reason));
    long deadline = System.nanoTime() + limits.drainTimeout().toNanos();
    try {
      for (Connection connection : ending) {
        connection.awaitEnd(deadline - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
