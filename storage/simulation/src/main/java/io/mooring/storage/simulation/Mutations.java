package io.mooring.storage.simulation;

import io.mooring.storage.replication.BlockSet;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.Sequence;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Bends messages and disk operations as the chosen mutant wants. */
final class Mutations {
  private static final int LATE_COPIES_MAX = 8;

  private final Mutant mutant;
  private final Scheduler scheduler;
  private final Set<RequestId> aboutSuspects = new HashSet<>();

  Mutations(Mutant mutant, Scheduler scheduler) {
    this.mutant = mutant;
    this.scheduler = scheduler;
  }

  HeadMessage toReplica(HeadMessage message, ReplicaRecord.Superblock superblock) {
    return switch (message) {
      case HeadMessage.Hello hello
          when mutant == Mutant.NO_PROMISE_CHECK
              && hello.promise().compareTo(superblock.promise()) < 0 ->
          new HeadMessage.Hello(
              hello.volume(),
              hello.replica(),
              superblock.promise(),
              hello.membership(),
              hello.sizeBytes());
      case HeadMessage.Flush flush when mutant == Mutant.STABLE_TOO_EARLY ->
          new HeadMessage.Flush(flush.upTo(), flush.upTo());
      case HeadMessage.Ping _ when mutant == Mutant.STABLE_TOO_EARLY ->
          new HeadMessage.Ping(new Sequence(Long.MAX_VALUE));
      case HeadMessage.Query query -> {
        if (query.subject() instanceof HeadMessage.Subject.Suspects) {
          aboutSuspects.add(query.request());
        }
        yield message;
      }
      case HeadMessage.Hello _,
          HeadMessage.Change _,
          HeadMessage.Flush _,
          HeadMessage.SetMembership _,
          HeadMessage.Settled _,
          HeadMessage.Digest _,
          HeadMessage.Read _,
          HeadMessage.Resize _,
          HeadMessage.Snapshot _,
          HeadMessage.Ping _ ->
          message;
    };
  }

  ReplicaMessage toHead(ReplicaMessage message) {
    if (message
        instanceof ReplicaMessage.Blocks(RequestId request, BlockSet blocks, boolean exact)) {
      return switch (mutant) {
        case STALE_REPLICA_SERVES -> new ReplicaMessage.Blocks(request, new BlockSet(), true);
        case NO_RECONCILE ->
            aboutSuspects.contains(request)
                ? new ReplicaMessage.Blocks(request, new BlockSet(), true)
                : message;
        case DIRTY_BLOCK_MISSED -> new ReplicaMessage.Blocks(request, withoutOne(blocks), exact);
        case NONE,
            NO_PROMISE_CHECK,
            ACKNOWLEDGE_BEFORE_ALL,
            SHRINK_WITHOUT_CATALOGUE,
            STABLE_TOO_EARLY,
            JOINER_NOT_AWAITED,
            ACTIVITY_NOT_DURABLE,
            COPY_WITHOUT_LOCK,
            LOSS_HIDDEN,
            RECORD_NOT_DURABLE,
            FLUSH_NOT_AWAITED,
            UNREADABLE_TAKEN_BACK,
            UNREADABLE_FORGOTTEN,
            FREEZE_WITHOUT_WAITING,
            FREEZE_NOT_FLUSHED,
            COPY_INTO_SNAPSHOT,
            TRIM_SHOWS_OLDER,
            MERGE_OVERWRITES,
            HOLD_NOT_KEPT ->
            message;
      };
    }
    return message;
  }

  ReplicaRecord.Superblock toDisk(ReplicaRecord.Superblock superblock) {
    return mutant == Mutant.UNREADABLE_FORGOTTEN
        ? new ReplicaRecord.Superblock(
            superblock.promise(),
            superblock.membership(),
            superblock.lossy(),
            false,
            superblock.sizeBytes())
        : superblock;
  }

  /** What a replica with this disk answers to a question about its data. */
  Frame<ReplicaMessage> answer(SimulatedDisk disk, HeadMessage.Question question) {
    return switch (question) {
      case HeadMessage.Read read -> {
        long[] content = disk.read(read.range());
        boolean zeros = true;
        for (long stamp : content) {
          zeros &= stamp == 0;
        }
        yield new Frame<>(new ReplicaMessage.Data(read.request(), zeros), content);
      }
      case HeadMessage.Digest digest ->
          Frame.of(new ReplicaMessage.Digests(digest.request(), disk.digests(digest.range())));
      case HeadMessage.Query query ->
          Frame.of(
              toHead(
                  new ReplicaMessage.Blocks(
                      query.request(), disk.allocated(query.window()), true)));
    };
  }

  private BlockSet withoutOne(BlockSet blocks) {
    BlockSet fewer = blocks.copy();
    for (int block = blocks.next(0); block >= 0; block = blocks.next(block + 1)) {
      if (scheduler.chance(0.3)) {
        fewer.remove(block);
        break;
      }
    }
    return fewer;
  }

  /** A copy without a lock takes effect again after the next write that overlaps it. */
  void afterApply(
      SimulatedDisk disk,
      HeadMessage.Change change,
      long[] content,
      List<Frame<HeadMessage.Copy>> lateCopies) {
    if (mutant != Mutant.COPY_WITHOUT_LOCK) {
      return;
    }
    switch (change) {
      case HeadMessage.Copy copy -> {
        lateCopies.add(new Frame<>(copy, content));
        if (lateCopies.size() > LATE_COPIES_MAX) {
          lateCopies.removeFirst();
        }
      }
      case HeadMessage.Write _, HeadMessage.Zero _ ->
          lateCopies.removeIf(late -> {
            boolean overtaken =
                late.message().range().overlaps(change.range())
                    && change.sequence().value() <= late.message().sequence().value() + 20;
            if (overtaken) {
              disk.write(late.message().range(), late.content());
            }
            return overtaken;
          });
    }
  }
}
