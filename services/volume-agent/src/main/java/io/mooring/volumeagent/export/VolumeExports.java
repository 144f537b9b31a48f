package io.mooring.volumeagent.export;

import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.volumeagent.heads.HeadKeeper;
import io.mooring.volumeagent.node.PeriodicThread;
import io.mooring.volumeagent.staging.StagedVolumes;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Exports of attached volumes on one NBD server, which starts with the first of them. An export
 * ends with its head: when the volume is detached or fenced, its clients get errors first and are
 * disconnected soon after.
 */
public final class VolumeExports implements AutoCloseable {

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

  private record Published(VolumeHead head, boolean readOnly) {}

  /** A server that listens, and the thread that takes away what has ended. */
  private record Serving(
      NbdServer server, @Nullable InetSocketAddress tcp, PeriodicThread cleaning) {}

  private final Settings settings;
  private final HeadKeeper heads;
  private final StagedVolumes staged;
  private final Map<String, Published> published = new ConcurrentHashMap<>();
  private @Nullable Serving serving;

  public VolumeExports(Settings settings, HeadKeeper heads, StagedVolumes staged) {
    this.settings = settings;
    this.heads = heads;
    this.staged = staged;
  }

  /**
   * Exports a volume. Doing it again changes nothing.
   *
   * @throws StagingException if the volume is not attached here, or is mounted and wanted for
   *     writing, or nobody can connect
   */
  public synchronized Export export(String volumeId, boolean readOnly) throws StagingException {
    VolumeHead head = attached(volumeId);
    if (!readOnly && staged.mountPoint(volumeId).isPresent()) {
      throw new StagingException(
          Reason.CONFLICT,
          "VOL-063",
          "Volume " + volumeId + " is mounted on this node.",
          "A second writer below a mounted file system destroys it.",
          "Export it read-only, or unmount it first.");
    }
    Serving open = serving();
    Published before = published.get(volumeId);
    if (before == null || before.head != head || before.readOnly != readOnly) {
      open.server.withdraw(volumeId);
      open.server.publish(
          new NbdExport(volumeId, "Mooring volume " + volumeId, head.nbdDevice(), readOnly));
      published.put(volumeId, new Published(head, readOnly));
    }
    return new Export(volumeId, head.sizeBytes(), readOnly, open.tcp, settings.socket());
  }

  private VolumeHead attached(String volumeId) throws StagingException {
    return heads
        .head(volumeId)
        .orElseThrow(() ->
            new StagingException(
                Reason.PRECONDITION,
                "VOL-062",
                "Volume " + volumeId + " is not attached to this node.",
                "Only the node of its head can export a volume.",
                "Stage the volume here, or ask the agent of the node that holds it."));
  }

  /** Takes an export away; its clients are disconnected. Nothing to do if there is none. */
  public synchronized void withdraw(String volumeId) {
    if (published.remove(volumeId) != null && serving != null) {
      serving.server.withdraw(volumeId);
    }
  }

  /** Whether a volume is exported. */
  public boolean isExported(String volumeId) {
    Published found = published.get(volumeId);
    return found != null && isCurrent(volumeId, found);
  }

  private boolean isCurrent(String volumeId, Published export) {
    return heads.head(volumeId).filter(head -> head == export.head).isPresent();
  }

  private synchronized void withdrawEnded() {
    for (var entry : Map.copyOf(published).entrySet()) {
      if (!isCurrent(entry.getKey(), entry.getValue())) {
        withdraw(entry.getKey());
      }
    }
  }

  private Serving serving() throws StagingException {
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
          server, tcp, PeriodicThread.start("export-check", CHECK, this::withdrawEnded));
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
      serving.cleaning.close();
      serving.server.close();
    }
  }
}
