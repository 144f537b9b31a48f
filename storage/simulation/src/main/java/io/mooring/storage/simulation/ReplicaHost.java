package io.mooring.storage.simulation;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of one replica on a node, and while an agent runs there, the replica in it: the
 * engine's part, with faults.
 */
final class ReplicaHost {
  /**
   * Metadata is cleaned every few seconds while everything else here runs ten times faster than in
   * production.
   */
  private static final int CLEANING_SPEED = 20;

  private final Simulation simulation;
  private final Scheduler scheduler;
  private final ReplicaId id;
  private final String node;
  private final SimulatedDisk disk;
  private ReplicaRecord.Superblock superblock;
  private final BlockSet activity = new BlockSet();
  private final TreeMap<ReplicaId, ReplicaRecord.DirtyMap> maps = new TreeMap<>();
  private boolean lossy;
  private long unreadableSince = Long.MAX_VALUE;
  private Epoch learned = new Epoch(0);

  private @Nullable Running running;
  DiskFault fault = DiskFault.NONE;

  /** What the disk does to the next operations. */
  enum DiskFault {
    NONE,
    WRITES_FAIL,
    SYNCS_FAIL,
    SLOW
  }

  ReplicaHost(Simulation simulation, ReplicaId id, String node) {
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
    this.id = id;
    this.node = node;
    this.disk = new SimulatedDisk(scheduler, simulation.mutant());
    this.superblock = ReplicaRecord.blank(Layout.SIZE_BYTES).superblock();
  }

  ReplicaId id() {
    return id;
  }

  String node() {
    return node;
  }

  SimulatedDisk disk() {
    return disk;
  }

  /** True if memory was lost while regions were active, and nothing has been settled since. */
  boolean isLossy() {
    return lossy;
  }

  /** When a read has failed here for the first time. */
  long unreadableSince() {
    return unreadableSince;
  }

  /** True if its agent tells the catalogue that the replica is of no use any more. */
  boolean isUnusable() {
    return superblock.unreadable() && running != null;
  }

  void start(Process process, ReplicaRecord.Restart restart) {
    ReplicaRecord record = new ReplicaRecord(superblock, activity.copy(), copyOfMaps());
    ReplicaRecord.Restart told =
        simulation.mutant() == Mutant.LOSS_HIDDEN ? ReplicaRecord.Restart.INTACT : restart;
    Running next = new Running(process, new Replica(id, record, told));
    running = next;
    next.on(new ReplicaInput.Started());
    next.tickLater();
    next.merges.start();
  }

  private Map<ReplicaId, ReplicaRecord.DirtyMap> copyOfMaps() {
    Map<ReplicaId, ReplicaRecord.DirtyMap> copy = new TreeMap<>();
    maps.forEach((absent, map) ->
        copy.put(absent, new ReplicaRecord.DirtyMap(map.full(), map.blocks().copy())));
    return copy;
  }

  void processDied() {
    learned = new Epoch(0);
    Running dead = running;
    if (dead != null) {
      dead.abandon();
      running = null;
    }
  }

  void machineCrashed() {
    processDied();
    lossy |= !activity.isEmpty(); // what lies outside active regions must survive
    disk.crash();
    disk.checkSnapshots(id);
  }

  void epochLearned(Epoch epoch) {
    learned = epoch;
    Running current = running;
    if (current != null) {
      current.on(new ReplicaInput.EpochLearned(epoch));
    }
  }

  /** A head connects: answers where its frames go, or nothing if nobody listens. */
  @Nullable Running running() {
    return running;
  }

  void deleteSnapshot(SnapshotId snapshot) {
    Running current = running;
    if (current != null && current.isActive()) {
      disk.delete(snapshot);
      current.merges.start();
    }
  }

  /** The replica in one run of its agent. */
  final class Running {
    private final Process process;
    private final Replica replica;
    private final Map<StreamId, Wire> wires = new HashMap<>();
    private final Map<StreamId, Promise> promises = new HashMap<>();
    private final Map<Long, long[]> contents = new HashMap<>();
    private final ArrayDeque<MetadataWrite> metadata = new ArrayDeque<>();
    private final List<ReplicaEffect.Apply> applying = new ArrayList<>();
    private final Merges merges;
    private final List<Frame<HeadMessage.Copy>> lateCopies = new ArrayList<>();
    private long appliedInOrderAt;
    private boolean syncFailed;

    /** Only of a mutant. */
    private boolean flushesNothing;

    /** Another run of the replica has taken over in the same process. */
    private boolean retired;

    private Running(Process process, Replica replica) {
      this.process = process;
      this.replica = replica;
      this.merges = new Merges(simulation, ReplicaHost.this, this::isActive);
    }

    private boolean isActive() {
      return process.isAlive() && !retired;
    }

    Process process() {
      return process;
    }

    void accept(StreamId stream, Wire wire) {
      wires.put(stream, wire);
      wire.receiveAtReplica(frame -> received(stream, frame));
    }

    void lost(StreamId stream) {
      wires.remove(stream);
      on(new ReplicaInput.StreamLost(stream));
    }

    private void received(StreamId stream, Frame<HeadMessage> frame) {
      if (frame.message() instanceof HeadMessage.Snapshot(SnapshotId snapshot, long _)) {
        flushesNothing = simulation.mutant() == Mutant.FREEZE_NOT_FLUSHED;
        if (simulation.mutant() == Mutant.FREEZE_WITHOUT_WAITING) {
          disk.freeze(snapshot);
          reply(stream, Frame.of(new ReplicaMessage.Frozen(snapshot)));
          return;
        }
      }
      HeadMessage message = simulation.mutations().toReplica(frame.message(), replica.superblock());
      if (message instanceof HeadMessage.Change change) {
        contents.put(key(stream, change.sequence()), frame.content());
      }
      if (frame.message() instanceof HeadMessage.Hello hello) {
        promises.put(stream, hello.promise());
      }
      if (message instanceof HeadMessage.Settled && !retired) {
        lossy = false;
      }
      on(new ReplicaInput.Received(stream, message));
    }

    private static long key(StreamId stream, Sequence sequence) {
      return stream.value() << 40 | sequence.value();
    }

    private void on(ReplicaInput input) {
      if (!isActive()) {
        return;
      }
      List<ReplicaEffect> effects = new ArrayList<>();
      replica.on(input, scheduler.now() * CLEANING_SPEED, effects::add);
      simulation.log(id, input);
      effects.forEach(this::carryOut);
      simulation.checkAfterEvent();
    }

    private void tickLater() {
      scheduler.after(
          scheduler.between(20, 60) * Scheduler.MILLIS,
          "replica tick",
          () -> {
            if (isActive()) {
              process.deliver(() -> on(new ReplicaInput.Ticked()));
              tickLater();
            }
          });
    }

    private void carryOut(ReplicaEffect effect) {
      switch (effect) {
        case ReplicaEffect.PersistSuperblock(ReplicaRecord.Superblock next, long token) ->
            persist(token, () -> superblock = simulation.mutations().toDisk(next));
        case ReplicaEffect.Grow(ReplicaRecord.Superblock next, long token) ->
            persist(token, () -> superblock = simulation.mutations().toDisk(next));
        case ReplicaEffect.ActivateRegions(int first, int last, long token) -> {
          if (simulation.mutant() == Mutant.ACTIVITY_NOT_DURABLE) {
            persist(token, () -> {});
          } else {
            persist(token, () -> activity.addAll(first, last));
          }
        }
        case ReplicaEffect.DeactivateRegions(BlockSet regions, long token) ->
            persist(token, () -> activity.removeAll(regions));
        case ReplicaEffect.PersistMap(
                ReplicaId absent,
                boolean full,
                List<BlockSet.Page> pages,
                long token) ->
            persist(token, () -> persistMap(absent, full, pages));
        case ReplicaEffect.DropMap(ReplicaId absent, long token) ->
            persist(token, () -> maps.remove(absent));
        case ReplicaEffect.Freeze(SnapshotId snapshot, long _, long token) -> {
          flushesNothing = false;
          freeze(snapshot, token);
        }
        case ReplicaEffect.Apply apply -> apply(apply);
        case ReplicaEffect.Sync(long token) -> sync(token);
        case ReplicaEffect.Serve(StreamId stream, HeadMessage.Question question) ->
            serve(stream, question);
        case ReplicaEffect.Unreadable _ -> {} // its agent looks at the superblock
        case ReplicaEffect.Reply(StreamId stream, ReplicaMessage message) ->
            reply(stream, Frame.of(simulation.mutations().toHead(message)));
        case ReplicaEffect.CloseStream(StreamId stream) -> {
          Wire wire = wires.remove(stream);
          if (wire != null) {
            wire.closedByReplica();
          }
        }
        case ReplicaEffect.Promised(Promise promise) ->
            simulation.catalogue().replicaPromised(node, process, id, promise.epoch());
      }
    }

    private void reply(StreamId stream, Frame<ReplicaMessage> frame) {
      Wire wire = wires.get(stream);
      if (wire != null) {
        wire.toHead(frame);
      }
    }

    // Metadata

    private void persist(long token, Runnable write) {
      persist(new MetadataWrite(token, write, false));
    }

    private void freeze(SnapshotId snapshot, long token) {
      persist(new MetadataWrite(token, () -> disk.freeze(snapshot), true));
    }

    private void persist(MetadataWrite write) {
      metadata.add(write);
      if (metadata.size() == 1) {
        persistNext();
      }
    }

    private void persistNext() {
      scheduler.after(
          scheduler.between(50, 3_000) * Scheduler.MICROS,
          "metadata",
          () -> {
            MetadataWrite next = metadata.poll();
            if (next != null) {
              boolean refused = next.freezes() && fault == DiskFault.WRITES_FAIL;
              if (!refused) {
                next.write().run();
              }
              if (!metadata.isEmpty()) {
                persistNext();
              }
              process.deliver(() ->
                  on(
                      refused
                          ? new ReplicaInput.FreezeRefused(next.token(), "pool full")
                          : new ReplicaInput.Persisted(next.token())));
            }
          });
    }

    private void persistMap(ReplicaId absent, boolean full, List<BlockSet.Page> pages) {
      BlockSet blocks = new BlockSet();
      ReplicaRecord.DirtyMap old = maps.get(absent);
      if (old != null) {
        blocks.addAll(old.blocks());
      }
      pages.forEach(blocks::addPage);
      maps.put(absent, new ReplicaRecord.DirtyMap(full, full ? new BlockSet() : blocks));
    }

    // Data

    private void apply(ReplicaEffect.Apply apply) {
      Wire wire = wires.get(apply.stream());
      Promise promise = promises.get(apply.stream());
      if (promise != null && promise.compareTo(superblock.promise()) < 0) {
        throw new SimulationFailure(
            "I2: "
                + id
                + " applies a change of run "
                + promise
                + " after it has promised "
                + superblock.promise());
      }
      applying.add(apply);
      long slowness = fault == DiskFault.SLOW ? 1_000 : 1;
      long delay = scheduler.between(3, 80) * Scheduler.MICROS * slowness;
      if (wire == null || !wire.isInProcess()) {
        appliedInOrderAt = Math.max(appliedInOrderAt + 1, scheduler.now() + delay);
        delay = appliedInOrderAt - scheduler.now();
      }
      scheduler.after(delay, "apply", () -> applied(apply));
    }

    private void applied(ReplicaEffect.Apply apply) {
      if (!applying.remove(apply)) {
        return; // the process has died
      }
      HeadMessage.Change change = apply.change();
      long[] content = contentOf(apply);
      if (fault == DiskFault.WRITES_FAIL) {
        disk.writePart(change.range(), content);
        process.deliver(
            () -> on(new ReplicaInput.ApplyFailed(apply.stream(), change.sequence(), "disk full")));
        return;
      }
      disk.apply(change.range(), content, change instanceof HeadMessage.Copy);
      simulation.mutations().afterApply(disk, change, content, lateCopies);
      process.deliver(() -> on(new ReplicaInput.Applied(apply.stream(), change.sequence())));
    }

    private long[] contentOf(ReplicaEffect.Apply apply) {
      long[] content = contents.remove(key(apply.stream(), apply.change().sequence()));
      if (content == null || content.length == 0) {
        return new long[Layout.sectors(apply.change().range())];
      }
      return content;
    }

    private void sync(long token) {
      SimulatedDisk.SyncPoint position = disk.position();
      if (simulation.mutant() == Mutant.FLUSH_NOT_AWAITED) {
        process.deliver(() -> on(new ReplicaInput.Synced(token)));
      }
      if (flushesNothing) {
        process.deliver(() -> on(new ReplicaInput.Synced(token)));
        return;
      }
      long slowness = fault == DiskFault.SLOW ? 200 : 1;
      scheduler.after(
          scheduler.between(50, 3_000) * Scheduler.MICROS * slowness,
          "sync",
          () -> {
            if (!process.isAlive()) {
              return;
            }
            if (fault == DiskFault.SYNCS_FAIL) {
              lossy |= !activity.isEmpty();
              syncFailed = true;
              process.deliver(() -> on(new ReplicaInput.SyncFailed(token, "I/O error")));
              process.deliver(this::reopen);
            } else {
              disk.synced(position);
              process.deliver(() -> on(new ReplicaInput.Synced(token)));
            }
          });
    }

    /**
     * The kernel counts the pages as clean although they are not on the disk: only what can be read
     * back is true.
     */
    private void reopen() {
      if (running == this) {
        abandon();
        retired = true;
        disk.loseUnsynced();
        start(process, ReplicaRecord.Restart.MACHINE_CRASH);
        epochLearned(learned);
      }
    }

    private void serve(StreamId stream, HeadMessage.Question question) {
      scheduler.after(
          scheduler.between(5, 150) * Scheduler.MICROS,
          "serve",
          () ->
              process.deliver(() -> {
                if (canRead(question)) {
                  reply(stream, simulation.mutations().answer(disk, question));
                } else {
                  readFailed(stream, question);
                }
              }));
    }

    private boolean canRead(HeadMessage.Question question) {
      return switch (question) {
        case HeadMessage.Read read -> disk.canRead(read.range());
        case HeadMessage.Digest digest -> disk.canRead(Layout.wholeBlocks(digest.range()));
        case HeadMessage.Query _ -> true;
      };
    }

    private void readFailed(StreamId stream, HeadMessage.Question question) {
      if (!isActive()) {
        return;
      }
      unreadableSince = Math.min(unreadableSince, scheduler.now());
      if (simulation.mutant() == Mutant.UNREADABLE_TAKEN_BACK) {
        reply(stream, Frame.of(new ReplicaMessage.Failed("bad sector")));
        carryOut(new ReplicaEffect.CloseStream(stream));
        on(new ReplicaInput.StreamLost(stream));
      } else {
        on(new ReplicaInput.ReadFailed(stream, question, "bad sector"));
      }
    }

    /** The process is gone: what the kernel had in hand is done in part. */
    private void abandon() {
      for (ReplicaEffect.Apply apply : applying) {
        if (scheduler.chance(0.6)) {
          disk.writePart(apply.change().range(), contentOf(apply));
        }
      }
      applying.clear();
      // Of a failed sync nothing is left but the record of it: losing that as well is a second
      // fault
      // within the same milliseconds, which docs/protocol.md names as not covered.
      int survive = syncFailed ? metadata.size() : scheduler.below(metadata.size() + 1);
      for (int i = 0; i < survive; i++) {
        metadata.remove().write().run();
      }
      metadata.clear();
    }

    private record MetadataWrite(long token, Runnable write, boolean freezes) {}
  }
}
