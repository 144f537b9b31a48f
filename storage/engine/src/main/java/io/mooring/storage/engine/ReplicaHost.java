package io.mooring.storage.engine;

import io.mooring.storage.blockstore.ReplicaFiles;
import io.mooring.storage.blockstore.ReplicaSnapshots;
import io.mooring.storage.blockstore.SnapshotRefusedException;
import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.Replica;
import io.mooring.storage.replication.ReplicaEffect;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaInput;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.Sequence;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.StreamId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open replica: the protocol's {@link Replica} behind a lock, and its files.
 *
 * <p>Records are persisted in order by threads of the pool. Changes are applied by the thread that
 * brings them, outside the lock.
 */
public final class ReplicaHost {

  /** A merge that has failed, on a full pool perhaps, is tried again once a minute. */
  private static final int TICKS_PER_MERGE_ATTEMPT = 60;

  private final VolumeId volume;
  private final ReplicaId id;
  private final ReplicaFiles files;
  private final Executor poolThreads;
  private final SerialExecutor records;
  private final PayloadPool payloads;
  private final Consumer<Promise> promises;
  private final Consumer<String> unreadable;
  private final ReplicaReads reads;

  private final ReentrantLock lock = new ReentrantLock();
  private final Replica replica;
  private final Map<StreamId, ReplicaStreamQueue> streams = new HashMap<>();
  private AfterUnlock after = AfterUnlock.batching();
  private boolean closed;
  private int recordsUnderWay;
  private int ticks;
  private Epoch learned = new Epoch(0);

  /**
   * @param promises told of every promise once it is durable, outside the lock
   * @param unreadable told why content could not be read, once that is on record, outside the lock
   */
  ReplicaHost(
      VolumeId volume,
      ReplicaId id,
      ReplicaFiles files,
      Executor poolThreads,
      PayloadPool payloads,
      Consumer<Promise> promises,
      Consumer<String> unreadable) {
    this.volume = volume;
    this.id = id;
    this.files = files;
    this.poolThreads = poolThreads;
    this.records = new SerialExecutor(poolThreads);
    this.payloads = payloads;
    this.promises = promises;
    this.unreadable = unreadable;
    this.reads = new ReplicaReads(files.data(), payloads);
    this.replica = new Replica(id, files.found(), files.restart());
    on(new ReplicaInput.Started());
  }

  public VolumeId volume() {
    return volume;
  }

  public ReplicaId id() {
    return id;
  }

  /** What the replica keeps, or is about to. */
  public ReplicaRecord.Superblock superblock() {
    lock.lock();
    try {
      return replica.superblock();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a head has a stream to it. */
  public boolean isServing() {
    lock.lock();
    try {
      return !streams.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that the replica takes from its pool. */
  public long allocatedBytes() throws IOException {
    return files.data().allocatedBytes();
  }

  ReplicaReads reads() {
    return reads;
  }

  /** What the replica keeps of the volume's past; never taken here, only by a head. */
  public ReplicaSnapshots snapshots() {
    return files.snapshots();
  }

  /** Makes a stream known; its first message is a hello. False when the replica is closed. */
  boolean connect(StreamId stream, ReplicaPort port) {
    lock.lock();
    try {
      if (!closed) {
        streams.put(
            stream,
            new ReplicaStreamQueue(port, payloads, (ready, work) -> applyNow(stream, ready, work)));
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A message has arrived on a stream.
   *
   * @param payload the bytes of a write or copy, valid until {@code work} has been run
   */
  void receive(StreamId stream, HeadMessage message, ByteBuffer payload, AfterUnlock work) {
    lock.lock();
    try {
      ReplicaStreamQueue queue = streams.get(stream);
      if (queue == null) {
        return;
      }
      after = work;
      HeadMessage.Change change = message instanceof HeadMessage.Change c ? c : null;
      if (change != null) {
        queue.arriving(change, payload);
      }
      replica.on(new ReplicaInput.Received(stream, message), System.nanoTime(), this::carryOut);
      if (change != null) {
        queue.arrived(change);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits while the changes of a remote stream arrive faster than they can be applied. */
  void awaitRoom(StreamId stream) {
    ReplicaStreamQueue queue;
    lock.lock();
    try {
      queue = streams.get(stream);
    } finally {
      lock.unlock();
    }
    if (queue != null) {
      queue.awaitRoom();
    }
  }

  void lost(StreamId stream) {
    on(new ReplicaInput.StreamLost(stream));
    lock.lock();
    try {
      forget(stream);
    } finally {
      lock.unlock();
    }
  }

  /** Heads of lower epochs must not write any more, the catalogue says (I2). */
  public void learnEpoch(Epoch epoch) {
    lock.lock();
    try {
      learned = epoch.compareTo(learned) > 0 ? epoch : learned;
    } finally {
      lock.unlock();
    }
    on(new ReplicaInput.EpochLearned(epoch));
  }

  void tick() {
    on(new ReplicaInput.Ticked());
    if (++ticks % TICKS_PER_MERGE_ATTEMPT == 0) {
      files.snapshots().resumeMerging();
    }
  }

  /** Whether the disk has failed and nothing is under way on the files any more. */
  boolean awaitsReopening() {
    lock.lock();
    try {
      return recordsUnderWay == 0 && replica.awaitsReopening();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the files as they are; the newest epoch learned is for the host that follows. */
  Epoch abandon() {
    lock.lock();
    try {
      closed = true;
      return learned;
    } finally {
      lock.unlock();
      files.close();
    }
  }

  /** Ends all streams and closes the files; marks them clean if everything could be flushed. */
  public void close() throws IOException {
    AfterUnlock work = AfterUnlock.batching();
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      for (StreamId stream : Map.copyOf(streams).keySet()) {
        streams.get(stream).port().end(work);
        forget(stream);
      }
    } finally {
      lock.unlock();
    }
    work.runAndSend();
    files.closeClean();
  }

  private void on(ReplicaInput input) {
    AfterUnlock work = AfterUnlock.batching();
    on(input, work);
    work.runAndSend();
  }

  private void on(ReplicaInput input, AfterUnlock work) {
    lock.lock();
    try {
      if (!closed) {
        after = work;
        replica.on(input, System.nanoTime(), this::carryOut);
      }
    } finally {
      lock.unlock();
    }
  }

  private void carryOut(ReplicaEffect effect) {
    switch (effect) {
      case ReplicaEffect.PersistSuperblock(ReplicaRecord.Superblock superblock, long token) ->
          persist(token, () -> files.writeSuperblock(superblock));
      case ReplicaEffect.ActivateRegions(int first, int last, long token) ->
          persist(token, () -> files.activate(first, last));
      case ReplicaEffect.DeactivateRegions(BlockSet regions, long token) ->
          persist(token, () -> files.deactivate(regions));
      case ReplicaEffect.PersistMap map ->
          persist(map.token(), () -> files.writeMap(map.absent(), map.full(), map.pages()));
      case ReplicaEffect.DropMap(ReplicaId absent, long token) ->
          persist(token, () -> files.dropMap(absent));
      case ReplicaEffect.Grow(ReplicaRecord.Superblock superblock, long token) ->
          persist(token, () -> files.grow(superblock));
      case ReplicaEffect.Freeze(SnapshotId snapshot, long sizeBytes, long token) ->
          persist(token, () -> files.snapshots().take(snapshot, sizeBytes));
      case ReplicaEffect.Apply(StreamId stream, HeadMessage.Change change) -> apply(stream, change);
      case ReplicaEffect.Sync(long token) ->
          files.data().flush(failure -> on(synced(token, failure)));
      case ReplicaEffect.Serve(StreamId stream, HeadMessage.Question question) ->
          serve(stream, question);
      case ReplicaEffect.Unreadable(String reason) -> after.add(() -> unreadable.accept(reason));
      case ReplicaEffect.Reply(StreamId stream, ReplicaMessage message) -> {
        ReplicaStreamQueue queue = streams.get(stream);
        if (queue != null) {
          queue.port().send(message, after);
        }
      }
      case ReplicaEffect.CloseStream(StreamId stream) -> {
        ReplicaStreamQueue queue = streams.get(stream);
        if (queue != null) {
          queue.port().end(after);
          forget(stream);
        }
      }
      case ReplicaEffect.Promised(Promise promise) -> after.add(() -> promises.accept(promise));
    }
  }

  /** Writes part of the record. */
  private interface RecordWrite {
    void run() throws IOException;
  }

  private void persist(long token, RecordWrite write) {
    recordsUnderWay++;
    records.execute(() -> {
      ReplicaInput outcome;
      try {
        write.run();
        outcome = new ReplicaInput.Persisted(token);
      } catch (SnapshotRefusedException e) {
        outcome = new ReplicaInput.FreezeRefused(token, String.valueOf(e.getMessage()));
      } catch (IOException e) {
        outcome = new ReplicaInput.PersistFailed(token, String.valueOf(e.getMessage()));
      }
      recorded(outcome);
    });
  }

  private void recorded(ReplicaInput outcome) {
    AfterUnlock work = AfterUnlock.batching();
    lock.lock();
    try {
      recordsUnderWay--;
      on(outcome, work);
    } finally {
      lock.unlock();
    }
    work.runAndSend();
  }

  private static ReplicaInput synced(long token, @Nullable IOException failure) {
    return failure == null
        ? new ReplicaInput.Synced(token)
        : new ReplicaInput.SyncFailed(token, String.valueOf(failure.getMessage()));
  }

  /**
   * A change of a stream that was closed meanwhile is dropped, but counts as finished: the replica
   * waits for it before it welcomes the next stream.
   */
  private void apply(StreamId stream, HeadMessage.Change change) {
    ReplicaStreamQueue queue = streams.get(stream);
    if (queue == null) {
      after.add(() -> on(new ReplicaInput.Applied(stream, change.sequence())));
      return;
    }
    queue.add(change, after);
  }

  private void applyNow(StreamId stream, ReplicaStreamQueue.Ready ready, AfterUnlock work) {
    HeadMessage.Change change = ready.change();
    switch (change) {
      case HeadMessage.Write _, HeadMessage.Copy _ -> {
        IOException failure = null;
        try {
          reads.write(change.range().offset(), ready.payload());
        } catch (IOException e) {
          failure = e;
        }
        finished(stream, ready, failure, work);
      }
      case HeadMessage.Zero _ ->
          files
              .data()
              .zero(
                  change.range().offset(),
                  change.range().length(),
                  failure -> {
                    AfterUnlock own = AfterUnlock.batching();
                    finished(stream, ready, failure, own);
                    own.runAndSend();
                  });
    }
  }

  private void finished(
      StreamId stream,
      ReplicaStreamQueue.Ready ready,
      @Nullable IOException failure,
      AfterUnlock work) {
    Sequence sequence = ready.change().sequence();
    on(
        failure == null
            ? new ReplicaInput.Applied(stream, sequence)
            : new ReplicaInput.ApplyFailed(stream, sequence, String.valueOf(failure.getMessage())),
        work);
    ready.queue().finished(ready);
  }

  private void serve(StreamId stream, HeadMessage.Question question) {
    ReplicaStreamQueue queue = streams.get(stream);
    if (queue == null) {
      return;
    }
    ReplicaPort port = queue.port();
    poolThreads.execute(() -> {
      try {
        reads.serve(question, port);
      } catch (IOException e) {
        readFailed(stream, question, e);
      }
    });
  }

  /** The disk does not give back what was asked for; the answer follows when that is on record. */
  void readFailed(StreamId stream, HeadMessage.Question question, IOException failure) {
    on(new ReplicaInput.ReadFailed(stream, question, String.valueOf(failure.getMessage())));
  }

  private void forget(StreamId stream) {
    ReplicaStreamQueue queue = streams.remove(stream);
    if (queue != null) {
      queue.close();
    }
  }
}
