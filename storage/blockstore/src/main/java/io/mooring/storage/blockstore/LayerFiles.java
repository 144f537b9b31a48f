package io.mooring.storage.blockstore;

import static io.mooring.storage.blockstore.PresentBlocks.BLOCK_BYTES;

import io.mooring.storage.linux.BlockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** Opens the layers of a replica and finds out what each of them holds. */
final class LayerFiles {

  /** The only layer of a replica that has never had a snapshot, and the oldest of others. */
  static final String FIRST = "data";

  private final Path directory;
  private final Executor executor;
  private final SyncFailure failure;

  LayerFiles(Path directory, Executor executor, SyncFailure failure) {
    this.directory = directory;
    this.executor = executor;
    this.failure = failure;
  }

  /**
   * @param volumeBytes size of the replica, at least which the newest layer must have
   * @param uncached what the system has cached of the files is not to be trusted
   */
  Layers open(List<LayerRecord> oldestFirst, long volumeBytes, boolean uncached)
      throws IOException {
    List<Layer> newestFirst = new ArrayList<>();
    try {
      for (int i = oldestFirst.size() - 1; i >= 0; i--) {
        LayerRecord record = oldestFirst.get(i);
        long neededBytes = newestFirst.isEmpty() ? volumeBytes : record.sizeBytes();
        newestFirst.add(open(record, neededBytes, i == 0, uncached));
      }
      return new Layers(newestFirst);
    } catch (IOException | RuntimeException e) {
      newestFirst.forEach(layer -> layer.file().close());
      throw e;
    }
  }

  private Layer open(LayerRecord record, long neededBytes, boolean oldest, boolean uncached)
      throws IOException {
    Path path = directory.resolve(record.file());
    BlockFile file = BlockFile.open(path, BlockFile.Access.READ_WRITE);
    try {
      long length = file.size();
      if (length < neededBytes) {
        throw new ReplicaFileException(
            ReplicaProblem.DATA_TRUNCATED,
            "Replica data %s is truncated: it has %d bytes, its header says %d. Remove the directory of this replica; it is then filled again from the others."
                .formatted(path, length, neededBytes));
      }
      if (uncached) {
        // After a failed write-back the cache shows what is not on the disk, as if it were clean.
        file.dropCached(0, length);
      }
      SyncQueue syncQueue = new SyncQueue(file, executor, failure);
      Layer layer = new Layer(record, file, syncQueue, new PresentBlocks());
      return oldest ? layer.asOldest() : withPresent(layer, length);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Layer withPresent(Layer layer, long length) throws IOException {
    PresentBlocks present = LayeredWrites.present(layer);
    layer
        .file()
        .visitWritten(
            0,
            length,
            (offset, bytes) ->
                present.addAll(offset / BLOCK_BYTES, (offset + bytes - 1) / BLOCK_BYTES));
    return layer;
  }

  /** Removes files that a crash has left between their creation or removal and the list. */
  void sweep(List<LayerRecord> listed) throws IOException {
    List<String> known = listed.stream().map(LayerRecord::file).toList();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path path : files.toList()) {
        String name = path.getFileName().toString();
        boolean isLayer = name.equals(FIRST) || name.startsWith(ReplicaSnapshots.LAYER_PREFIX);
        if (isLayer && !known.contains(name)) {
          Files.delete(path);
        }
      }
    }
  }
}
