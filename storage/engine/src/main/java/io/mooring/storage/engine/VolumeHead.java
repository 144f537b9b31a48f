package io.mooring.storage.engine;

import io.mooring.storage.linux.FuseDevice;
import io.mooring.storage.nbd.BlockDevice;
import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.HeadEffect;
import io.mooring.storage.replication.HeadInput;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.ResyncProgress;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An attached volume: one run of its head, on the node where its client is. Requests are accepted
 * in every state; they wait until the members are there and equal, and fail once the run is over.
 */
public final class VolumeHead {

  private final HeadSettings settings;
  private final PayloadPool payloads;
  private final HeadObserver observer;
  private final HeadRun run;
  private final HeadTraffic traffic = new HeadTraffic();

  private VolumeHead(
      HeadSettings settings,
      Map<ReplicaId, InetSocketAddress> addresses,
      HeadEnvironment environment,
      HeadFile file,
      HeadObserver observer) {
    this.settings = settings;
    this.payloads = environment.payloads();
    this.observer = observer;
    this.run = new HeadRun(settings, addresses, environment, file, new Reports());
  }

  static VolumeHead start(
      HeadSettings settings,
      Map<ReplicaId, InetSocketAddress> addresses,
      HeadEnvironment environment,
      HeadFile file,
      HeadObserver observer) {
    VolumeHead started = new VolumeHead(settings, addresses, environment, file, observer);
    started.run.start();
    return started;
  }

  /** Gives the observer what it needs beside the effect. */
  private final class Reports implements HeadRun.Listener {
    @Override
    public void stateChanged(HeadState state) {
      observer.stateChanged(VolumeHead.this, state);
    }

    @Override
    public void lost(HeadEffect.ReportLost lost) {
      observer.replicaLost(
          VolumeHead.this, lost.replica(), lost.generation(), lost.reason(), lost.detail());
    }

    @Override
    public void caughtUp(HeadEffect.ReportCaughtUp caughtUp) {
      observer.replicaCaughtUp(
          VolumeHead.this,
          caughtUp.replica(),
          caughtUp.generation(),
          caughtUp.statistics(),
          heldBytes());
    }

    @Override
    public void recordFailed(String reason) {
      observer.recordFailed(VolumeHead.this, reason);
    }
  }

  public VolumeId volume() {
    return settings.volume();
  }

  /** The run's epoch and session. */
  public Promise promise() {
    return settings.start().promise();
  }

  public HeadState state() {
    return run.state();
  }

  public long sizeBytes() {
    return run.sizeBytes();
  }

  /** Bytes that the volume occupies on the replica of this node; 0 if there is none. */
  public long heldBytes() {
    try {
      ReplicaHost local = readableReplica();
      return local == null ? 0 : local.allocatedBytes();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Requests of clients since the run began. */
  public VolumeTraffic traffic() {
    return traffic.snapshot();
  }

  /** Replicas that are being brought back, and how far that is. */
  public List<ResyncProgress> resyncs() {
    return run.resyncs();
  }

  /** This volume for an NBD server. */
  public BlockDevice nbdDevice() {
    return new NbdVolume(this);
  }

  /** This volume for the kernel's FUSE. */
  public FuseDevice fuseDevice() {
    return new FuseVolume(this, payloads);
  }

  /** The catalogue has published a state of the volume. */
  public void catalogueChanged(VolumeView view) {
    run.streams().addresses(view.addresses());
    run.on(new HeadInput.CatalogueChanged(view.state()));
  }

  // Requests

  void read(long offset, long length, ReadTarget target, RequestEnd end, boolean hold) {
    ByteRange range = new ByteRange(offset, length);
    run.submit(
        new ClientRequest(
            id -> new HeadInput.ReadRequested(id, range),
            traffic.read(length, end),
            null,
            target,
            length),
        hold);
  }

  /**
   * @param data direct; valid during the call
   * @param durable the write is to be durable when it is answered
   * @param hold the client tells through {@link #sendHeldBack} when it has no more requests for now
   */
  void write(long offset, ByteBuffer data, boolean durable, RequestEnd end, boolean hold) {
    ByteRange range = new ByteRange(offset, data.remaining());
    // Without a local replica every member can be away for a while; the write is then repeated.
    Payload payload =
        settings.local().isPresent()
            ? Payload.borrowed(payloads, data)
            : Payload.copied(payloads, data);
    if (run.streams().hasRemote()) {
      payload.checksum();
    }
    run.submit(
        new ClientRequest(
            id -> new HeadInput.WriteRequested(id, range, durable),
            traffic.write(range.length(), end),
            payload,
            null,
            range.length()),
        hold);
  }

  void zero(long offset, long length, boolean durable, RequestEnd end, boolean hold) {
    ByteRange range = new ByteRange(offset, length);
    run.submit(
        new ClientRequest(
            id -> new HeadInput.ZeroRequested(id, range, durable),
            traffic.zero(length, end),
            null,
            null,
            0),
        hold);
  }

  void flush(RequestEnd end, boolean hold) {
    run.submit(
        new ClientRequest(HeadInput.FlushRequested::new, traffic.flush(end), null, null, 0), hold);
  }

  private void grow(long newSizeBytes, RequestEnd end) {
    RequestEnd grown =
        (outcome, work) -> {
          if (outcome instanceof Outcome.Done) {
            run.grown(newSizeBytes);
          }
          end.ended(outcome, work);
        };
    run.submit(
        new ClientRequest(
            id -> new HeadInput.ResizeRequested(id, newSizeBytes), grown, null, null, 0),
        false);
  }

  /**
   * Grows the volume on every member; when the future is done, the device may show the new size.
   */
  public CompletableFuture<Void> grow(long newSizeBytes) {
    CompletableFuture<Void> grown = new CompletableFuture<>();
    grow(newSizeBytes, completing(grown));
    return grown;
  }

  /**
   * Takes a snapshot on every member; writes wait for a few milliseconds. Every attempt needs an id
   * of its own: one that failed may have left something behind, which has to be deleted.
   *
   * @return fails with {@link SnapshotNotTakenException} if there is no such snapshot
   */
  public CompletableFuture<Outcome.Taken> snapshot(SnapshotId snapshot) {
    return snapshot(snapshot, null);
  }

  CompletableFuture<Outcome.Taken> snapshot(SnapshotId snapshot, @Nullable RequestId hold) {
    CompletableFuture<Outcome.Taken> taken = new CompletableFuture<>();
    submit(
        id -> new HeadInput.SnapshotRequested(id, snapshot, hold),
        (outcome, work) -> {
          if (outcome instanceof Outcome.Taken ended) {
            taken.complete(ended);
          } else {
            taken.completeExceptionally(new SnapshotNotTakenException(volume(), outcome));
          }
        });
    return taken;
  }

  /**
   * Holds writes back, for the snapshots of a group: when the futures of all its volumes are done,
   * take each with {@link HeldWrites#snapshot}, or release them. Ends by itself after a moment.
   */
  public CompletableFuture<HeldWrites> hold() {
    CompletableFuture<HeldWrites> held = new CompletableFuture<>();
    AtomicReference<RequestId> request = new AtomicReference<>();
    submit(
        id -> {
          request.set(id);
          return new HeadInput.HoldRequested(id);
        },
        (outcome, work) -> {
          if (outcome instanceof Outcome.Done) {
            held.complete(new HeldWrites(this, request.get()));
          } else {
            held.completeExceptionally(new SnapshotNotTakenException(volume(), outcome));
          }
        });
    return held;
  }

  CompletableFuture<Void> release(RequestId hold) {
    CompletableFuture<Void> released = new CompletableFuture<>();
    submit(id -> new HeadInput.ReleaseRequested(id, hold), completing(released));
    return released;
  }

  private void submit(Function<RequestId, HeadInput> input, RequestEnd end) {
    run.submit(new ClientRequest(input, end, null, null, 0), false);
  }

  /**
   * Clean detach: flushes, has the members agree that they are equal, and ends the run. If a member
   * is lost meanwhile, this waits for the catalogue like any request.
   */
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    close(completing(closed));
    return closed;
  }

  private RequestEnd completing(CompletableFuture<Void> future) {
    return (outcome, work) -> {
      if (outcome instanceof Outcome.Done) {
        future.complete(null);
      } else {
        future.completeExceptionally(
            new IOException("volume %s: request ended as %s".formatted(volume(), outcome)));
      }
    };
  }

  private void close(RequestEnd end) {
    run.submit(new ClientRequest(HeadInput.CloseRequested::new, end, null, null, 0), false);
  }

  void sendHeldBack() {
    run.sendHeldBack();
  }

  @Nullable ReplicaHost readableReplica() {
    return run.readableReplica();
  }
}
