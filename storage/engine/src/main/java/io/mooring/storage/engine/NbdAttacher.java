package io.mooring.storage.engine;

import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Devices of the kernel's own NBD client: no loop device, no FUSE, and nobody has to keep anything
 * while no agent runs, because the kernel itself keeps the requests and waits.
 *
 * <p>The kernel gives a request five seconds, and closes the connection of one that takes longer,
 * such as a write of a head that waits for the catalogue (I3). It then waits for another connection
 * and sends every open request once more. That is harmless as long as nothing of the old connection
 * is read afterwards: it could be older than what was written meanwhile. So a device has one
 * connection, and gets the next only when the server has read the last one to its end.
 */
public final class NbdAttacher implements Attacher, AutoCloseable {

  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Path socket;
  private final NbdDevices devices;
  private final NbdServer server =
      new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE);
  private final Map<VolumeId, NbdAttachment> attached = new ConcurrentHashMap<>();
  private boolean listening;
  private volatile boolean closed;

  /**
   * @param socket where the server for this kernel listens; the same for every agent of the node
   */
  public NbdAttacher(Path socket) {
    this(socket, new KernelNbdDevices(socket));
  }

  NbdAttacher(Path socket, NbdDevices devices) {
    this.socket = socket;
    this.devices = devices;
  }

  @Override
  public Attachment attach(VolumeHead head) throws IOException {
    serve(head);
    @Nullable Integer left = devices.connected().get(name(head.volume()));
    if (left != null) {
      devices.disconnect(left); // an agent died between the device and its answer: nobody uses it
    }
    try {
      return attached(head, devices.connect(name(head.volume())));
    } catch (IOException e) {
      server.withdraw(name(head.volume()));
      throw e;
    }
  }

  @Override
  public List<VolumeId> survivors() throws IOException {
    return devices.connected().keySet().stream().map(VolumeId::new).toList();
  }

  @Override
  public Attachment resume(VolumeHead head) throws IOException {
    @Nullable Integer index = devices.connected().get(name(head.volume()));
    if (index == null) {
      throw new IOException("the kernel has no device of volume " + head.volume());
    }
    serve(head);
    devices.reconnect(index, name(head.volume()));
    devices.resize(index, name(head.volume()), head.sizeBytes());
    return attached(head, index);
  }

  @Override
  public void abandon(VolumeId volume) throws IOException {
    @Nullable Integer index = devices.connected().get(name(volume));
    if (index != null) {
      devices.disconnect(index);
    }
  }

  private synchronized void serve(VolumeHead head) throws IOException {
    if (!listening) {
      Files.createDirectories(socket.toAbsolutePath().getParent());
      server.listen(UnixDomainSocketAddress.of(socket));
      listening = true;
      Thread.ofPlatform().daemon().name("nbd-connections").start(this::watch);
    }
    server.withdraw(name(head.volume()));
    server.publish(
        new NbdExport(
            name(head.volume()), "Mooring volume " + head.volume(), head.nbdDevice(), false));
  }

  private NbdAttachment attached(VolumeHead head, int index) {
    NbdAttachment attachment = new NbdAttachment(this, devices, head, index);
    attached.put(head.volume(), attachment);
    return attachment;
  }

  /** The device is gone. */
  void gone(VolumeId volume) {
    attached.remove(volume);
    server.withdraw(name(volume));
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(CHECK_NANOS);
      attached.forEach(this::reconnect);
    }
  }

  private void reconnect(VolumeId volume, NbdAttachment attachment) {
    boolean serving = attachment.head().state() instanceof HeadState.Serving;
    if (serving && server.connectionCount(name(volume)) == 0) {
      attachment.reconnect();
    }
  }

  private static String name(VolumeId volume) {
    return volume.value();
  }

  /** Ends the connections; devices wait for the next agent. */
  @Override
  public void close() {
    closed = true;
    server.close();
  }
}
