package io.mooring.volumeagent.snapshots;

import io.mooring.storage.engine.HeadObserver;
import io.mooring.storage.engine.NodeObserver;
import io.mooring.storage.engine.ReplicaHost;
import io.mooring.storage.engine.StorageNode;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.engine.VolumeView;
import io.mooring.storage.engine.WireException;
import io.mooring.storage.nbd.NbdStatus;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadEffect.ResyncStatistics;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A volume with one real replica and a head that serves. */
public final class OneVolume implements AutoCloseable {

  public static final String ID = "vol-0123456789ab";
  public static final String REPLICA = "r1";
  private static final String POOL = "p1";
  private static final long SIZE = 8L << 20;
  private static final VolumeId VOLUME = new VolumeId(ID);

  private final StorageNode storage;
  public final VolumeHead head;

  public OneVolume(Path directory, long epoch) throws IOException {
    this.storage =
        StorageNode.start(
            new StorageNode.Settings(
                Map.of(POOL, Files.createDirectories(directory.resolve("pool"))),
                Files.createDirectories(directory.resolve("state")),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                HeadSettings.Limits.DEFAULT),
            new Unheard());
    ReplicaId replica = new ReplicaId(REPLICA);
    storage.replicas().create(POOL, VOLUME, replica, SIZE);
    CompletableFuture<Void> serving = new CompletableFuture<>();
    this.head =
        storage.open(
            new VolumeView(
                VOLUME,
                SIZE,
                new Epoch(epoch),
                new Generation(1),
                List.of(new VolumeView.Copy(replica, true, storage.replicationAddress()))),
            HeadSettings.FlushProfile.DURABLE,
            new Serving(serving));
    serving.orTimeout(20, TimeUnit.SECONDS).join();
  }

  public ReplicaHost replica() {
    return storage.replicas().hosts().getFirst();
  }

  List<String> snapshots() {
    return replica().snapshots().list().stream().map(held -> held.id().value()).toList();
  }

  /** Writes to the volume; done when it is acknowledged. */
  CompletableFuture<Void> write() {
    return write(0, ByteBuffer.allocateDirect(4096));
  }

  /** Writes direct bytes to the volume; done when that is acknowledged. */
  public CompletableFuture<Void> write(long offset, ByteBuffer data) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    head.nbdDevice()
        .write(
            offset,
            data,
            false,
            status -> {
              if (status == NbdStatus.OK) {
                written.complete(null);
              } else {
                written.completeExceptionally(new IOException(status.toString()));
              }
            });
    return written;
  }

  @Override
  public void close() throws IOException {
    head.close().orTimeout(20, TimeUnit.SECONDS).join();
    storage.close();
  }

  private static final class Unheard implements NodeObserver {
    @Override
    public void refused(SocketAddress peer, WireException problem) {}

    @Override
    public void ended(SocketAddress peer, String reason) {}
  }

  private record Serving(CompletableFuture<Void> serving) implements HeadObserver {
    @Override
    public void stateChanged(VolumeHead head, HeadState state) {
      if (state instanceof HeadState.Serving) {
        serving.complete(null);
      }
    }

    @Override
    public void replicaLost(
        VolumeHead head, ReplicaId replica, Generation seen, LossReason reason, String detail) {}

    @Override
    public void replicaCaughtUp(
        VolumeHead head,
        ReplicaId replica,
        Generation seen,
        ResyncStatistics statistics,
        long heldBytes) {}

    @Override
    public void recordFailed(VolumeHead head, String reason) {}
  }
}
