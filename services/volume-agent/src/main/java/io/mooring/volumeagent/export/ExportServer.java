package io.mooring.volumeagent.export;

import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.volumeagent.node.PeriodicThread;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The agent's NBD server, which starts with the first export. */
public final class ExportServer implements AutoCloseable {

  private static final Duration CHECK = Duration.ofSeconds(1);

  /**
   * Where the server listens.
   *
   * @param tcp empty if NBD over TCP is turned off
   */
  public record Settings(Optional<InetSocketAddress> tcp, Path socket) {}

  /**
   * An export as clients find it.
   *
   * @param tcp address of the server, null if it does not listen on TCP
   */
  public record Export(
      String name,
      long sizeBytes,
      boolean readOnly,
      @Nullable InetSocketAddress tcp,
      Path socket) {}

  /** A server that listens, and the thread that has what has ended taken away. */
  private record Serving(
      NbdServer server, @Nullable InetSocketAddress tcp, PeriodicThread checking) {}

  private final Settings settings;
  private final List<Runnable> checks = new CopyOnWriteArrayList<>();
  private @Nullable Serving serving;

  public ExportServer(Settings settings) {
    this.settings = settings;
  }

  /** What to do every second while the server listens. */
  void onCheck(Runnable check) {
    checks.add(check);
  }

  /**
   * Publishes an export, in the place of one of the same name.
   *
   * @throws StagingException if nobody could connect
   */
  Export publish(NbdExport export) throws StagingException {
    Serving open = serving();
    open.server.withdraw(export.name());
    open.server.publish(export);
    return describe(export.name(), export.device().sizeBytes(), export.readOnly());
  }

  /** An export that is published, as clients find it. */
  Export describe(String name, long sizeBytes, boolean readOnly) throws StagingException {
    return new Export(name, sizeBytes, readOnly, serving().tcp, settings.socket());
  }

  /** Takes an export away; its clients are disconnected. Nothing to do if there is none. */
  synchronized void withdraw(String name) {
    if (serving != null) {
      serving.server.withdraw(name);
    }
  }

  /** Clients of an export. */
  synchronized int connections(String name) {
    return serving == null ? 0 : serving.server.connectionCount(name);
  }

  private synchronized Serving serving() throws StagingException {
    Serving open = serving;
    if (open == null) {
      open = listen();
      serving = open;
    }
    return open;
  }

  private Serving listen() throws StagingException {
    NbdServer server = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE);
    SocketAddress address = UnixDomainSocketAddress.of(settings.socket());
    try {
      server.listen(address);
      InetSocketAddress tcp = null;
      if (settings.tcp().isPresent()) {
        address = settings.tcp().get();
        tcp = (InetSocketAddress) server.listen(address);
      }
      return new Serving(
          server,
          tcp,
          PeriodicThread.start("export-check", CHECK, () -> checks.forEach(Runnable::run)));
    } catch (IOException e) {
      server.close();
      throw new StagingException(
          Reason.FAILED,
          "VOL-065",
          "The NBD server of this agent cannot listen on " + address + ".",
          "The system refused: " + e.getMessage() + ".",
          "Free the address, or change mooring.agent.ports.nbd and restart the agent.",
          e);
    }
  }

  @Override
  public synchronized void close() {
    if (serving != null) {
      serving.checking.close();
      serving.server.close();
    }
  }
}
