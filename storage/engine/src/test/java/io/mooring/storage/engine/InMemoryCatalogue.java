package io.mooring.storage.engine;

import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadEffect.ResyncStatistics;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The catalogue's rules for one volume, in memory: who is in sync is decided here and nowhere else.
 * Answers on a thread of its own, as the real one does.
 */
final class InMemoryCatalogue implements HeadObserver, AutoCloseable {

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
  private final VolumeId volume;
  private long sizeBytes;
  private long epoch;
  private long generation = 1;
  private final List<VolumeView.Copy> copies = new ArrayList<>();
  private boolean silent;

  final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

  InMemoryCatalogue(VolumeId volume, long sizeBytes) {
    this.volume = volume;
    this.sizeBytes = sizeBytes;
  }

  synchronized void add(ReplicaId replica, boolean inSync, InetSocketAddress address) {
    copies.removeIf(copy -> copy.replica().equals(replica));
    copies.add(new VolumeView.Copy(replica, inSync, address));
    generation++;
  }

  /** A replica's node has come back elsewhere. */
  synchronized void move(ReplicaId replica, InetSocketAddress address) {
    copies.replaceAll(copy ->
        copy.replica().equals(replica)
            ? new VolumeView.Copy(replica, copy.inSync(), address)
            : copy);
  }

  synchronized VolumeView publish() {
    epoch++;
    return view();
  }

  synchronized VolumeView view() {
    return new VolumeView(volume, sizeBytes, new Epoch(epoch), new Generation(generation), copies);
  }

  synchronized void resize(long newSizeBytes) {
    sizeBytes = newSizeBytes;
  }

  /** Reports are not answered until it speaks again. */
  synchronized void silent(boolean isSilent) {
    silent = isSilent;
  }

  @Override
  public void stateChanged(VolumeHead head, HeadState state) {
    events.add(head.promise() + " " + state);
  }

  @Override
  public void replicaLost(
      VolumeHead head, ReplicaId replica, Generation seen, LossReason reason, String detail) {
    events.add("lost " + replica + " " + reason + " " + detail);
    thread.execute(() -> answer(head, replica, seen, false));
  }

  @Override
  public void replicaCaughtUp(
      VolumeHead head,
      ReplicaId replica,
      Generation seen,
      ResyncStatistics statistics,
      long heldBytes) {
    events.add(
        "caught up %s copied=%d compared=%d held=%d"
            .formatted(replica, statistics.bytesCopied(), statistics.bytesCompared(), heldBytes));
    thread.execute(() -> answer(head, replica, seen, true));
  }

  @Override
  public void recordFailed(VolumeHead head, String reason) {
    events.add("record failed " + reason);
  }

  private void answer(VolumeHead head, ReplicaId replica, Generation seen, boolean inSync) {
    VolumeView answer;
    synchronized (this) {
      if (silent) {
        return;
      }
      if (head.promise().epoch().value() == epoch && seen.value() == generation) {
        change(replica, inSync);
      }
      answer = view();
    }
    head.catalogueChanged(answer);
  }

  private void change(ReplicaId replica, boolean inSync) {
    long others =
        copies.stream().filter(copy -> copy.inSync() && !copy.replica().equals(replica)).count();
    if (!inSync && others == 0) {
      return; // the last member of the set is never given up
    }
    copies.replaceAll(copy ->
        copy.replica().equals(replica)
            ? new VolumeView.Copy(replica, inSync, copy.address())
            : copy);
    generation++;
    events.add((inSync ? "in " : "out ") + replica);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
