package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.SnapshotStory.UNIT_BYTES;

import io.mooring.storage.blockstore.SnapshotStory.Step;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.VolumeId;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Does to a replica what a story says; as a program it does so until it is killed, and says after
 * every step that it is done.
 */
final class SnapshotWriter {
  static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  static final ReplicaId REPLICA = new ReplicaId("r1");

  private SnapshotWriter() {}

  public static void main(String[] arguments) throws Exception {
    try (ReplicaPool pool = ReplicaPool.open(Path.of(arguments[0]));
        ReplicaFiles files = pool.open(VOLUME, REPLICA)) {
      var known = files.snapshots().list().stream().map(ReplicaSnapshots.Held::id).toList();
      SnapshotStory story = new SnapshotStory(Long.parseLong(arguments[1]), known);
      while (true) {
        apply(story.next(), files);
        System.out.println("done");
        System.out.flush();
      }
    }
  }

  static void apply(Step step, ReplicaFiles files) throws Exception {
    switch (step) {
      case Step.Write(int unit, int count, int stamp) -> {
        try (Arena arena = Arena.ofConfined()) {
          files
              .data()
              .write(
                  (long) unit * UNIT_BYTES,
                  arena.allocate((long) count * UNIT_BYTES, 4096).fill((byte) stamp));
        }
      }
      case Step.Zero(int unit, int count) ->
          await(
              done -> files.data().zero((long) unit * UNIT_BYTES, (long) count * UNIT_BYTES, done));
      case Step.Flush _ -> await(files.data()::flush);
      case Step.Take(SnapshotId id) -> {
        await(files.data()::flush);
        files.snapshots().take(id, SnapshotStory.SIZE);
      }
      case Step.Delete(SnapshotId id) -> files.snapshots().delete(id);
    }
  }

  private static void await(Consumer<Completion> operation) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    operation.accept(failure -> {
      if (failure == null) {
        done.complete(null);
      } else {
        done.completeExceptionally(failure);
      }
    });
    done.get(30, TimeUnit.SECONDS);
  }
}
