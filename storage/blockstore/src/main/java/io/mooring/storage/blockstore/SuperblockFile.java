package io.mooring.storage.blockstore;

import io.mooring.storage.blockstore.SuperblockCodec.Slot;
import io.mooring.storage.linux.BlockFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The file {@code super}: two slots, of which the valid one with the higher sequence counts.
 *
 * <p>A write goes to the other slot and is synced before it returns, so a write torn by a power
 * loss leaves the previous superblock untouched. Not safe for use by several threads.
 */
final class SuperblockFile implements AutoCloseable {

  private static final int SLOTS = 2;

  private final Path path;
  private final BlockFile file;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(SuperblockCodec.SLOT_BYTES);
  private Superblock current;
  private long sequence;
  private int slot;
  private int version = SuperblockCodec.VERSION_PLAIN;

  private SuperblockFile(Path path, BlockFile file, Superblock current) {
    this.path = path;
    this.file = file;
    this.current = current;
  }

  /** Writes both slots, so that a damaged slot can be told from one that was never written. */
  static void create(Path path, Superblock superblock) throws IOException {
    try (SuperblockFile created =
        new SuperblockFile(path, BlockFile.open(path, BlockFile.Access.CREATE_NEW), superblock)) {
      created.write(superblock);
      created.write(superblock);
    }
  }

  /** Opens and locks the file against other processes until it is closed. */
  static SuperblockFile open(Path path) throws IOException {
    BlockFile file = BlockFile.open(path, BlockFile.Access.READ_WRITE);
    try {
      if (!file.tryLock()) {
        throw new ReplicaFileException(
            ReplicaProblem.IN_USE,
            "Replica file %s is in use: another process holds its lock. Stop the other volume-agent of this node, or give each agent pools of its own."
                .formatted(path));
      }
      return newest(path, file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static SuperblockFile newest(Path path, BlockFile file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(SuperblockCodec.SLOT_BYTES);
    String[] problems = new String[SLOTS];
    SuperblockFile best = null;
    for (int slot = 0; slot < SLOTS; slot++) {
      switch (read(file, buffer, slot)) {
        case Slot.Valid valid -> {
          if (best == null || valid.sequence() > best.sequence) {
            best = new SuperblockFile(path, file, valid.superblock());
            best.sequence = valid.sequence();
            best.slot = slot;
          }
        }
        case Slot.NewerVersion newer -> throw tooNew(path, newer.version());
        case Slot.Invalid invalid -> problems[slot] = invalid.why();
      }
    }
    if (best == null) {
      throw new ReplicaFileException(
          ReplicaProblem.SUPERBLOCK_CORRUPT,
          "Replica header %s is corrupt: in slot A %s, in slot B %s. Remove the directory of this replica; it is then filled again from the others."
              .formatted(path, problems[0], problems[1]));
    }
    return best;
  }

  private static Slot read(BlockFile file, ByteBuffer buffer, int slot) throws IOException {
    buffer.clear();
    int read = file.read((long) slot * SuperblockCodec.SLOT_BYTES, buffer);
    if (read < SuperblockCodec.SLOT_BYTES) {
      return new Slot.Invalid("the file ends after " + read + " bytes of the slot");
    }
    return SuperblockCodec.decode(buffer);
  }

  private static ReplicaFileException tooNew(Path path, int version) {
    return new ReplicaFileException(
        ReplicaProblem.FORMAT_TOO_NEW,
        "Replica header %s has format version %d, this volume-agent knows versions up to %d. Start the newer volume-agent that wrote it, or remove the replica."
            .formatted(path, version, SuperblockCodec.VERSION_LAYERED));
  }

  Superblock current() {
    return current;
  }

  /** From now on superblocks say that the replica has layers. */
  void layered() {
    version = SuperblockCodec.VERSION_LAYERED;
  }

  /** When this returns, the superblock is durable. */
  void write(Superblock superblock) throws IOException {
    int target = (slot + 1) % SLOTS;
    SuperblockCodec.encode(buffer, version, sequence + 1, superblock);
    file.write((long) target * SuperblockCodec.SLOT_BYTES, buffer);
    file.dataSync();
    slot = target;
    sequence++;
    current = superblock;
  }

  @Override
  public void close() {
    file.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
