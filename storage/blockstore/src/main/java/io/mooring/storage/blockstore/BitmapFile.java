package io.mooring.storage.blockstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.BlockSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file that holds one {@link BlockSet}: a header and pages, each with a checksum of its own.
 *
 * <p>The file errs on the side of too many members: a page that cannot be read counts as all set.
 * For a map of what may differ that costs time; a missing member would cost data. Not safe for use
 * by several threads.
 */
final class BitmapFile implements AutoCloseable {

  private static final long MAGIC = 0x4d4f_4f52_4249_5453L; // "MOORBITS"
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 4096;
  private static final int NAME = 24;
  private static final int NAME_BYTES_MAX = 254;
  private static final int FLAG_FULL = 1;
  private static final int PAGE_HEADER_BYTES = 8;
  private static final int PAGE_BYTES = PAGE_HEADER_BYTES + BlockSet.PAGE_WORDS * Long.BYTES;
  private static final String TEMPORARY_SUFFIX = ".new";

  private final BlockFile file;
  private final String name;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(PAGE_BYTES);
  private final BlockSet damaged = new BlockSet();
  private boolean full;
  private int pages;

  private BitmapFile(BlockFile file, String name) {
    this.file = file;
    this.name = name;
  }

  /**
   * Creates a file with all its pages written, so that storing one later allocates nothing. The
   * file appears durably and complete, or not at all.
   *
   * @param name of what the file is about, to recognize files that were moved
   */
  static void create(
      Path path, String name, boolean full, int pageCount, List<BlockSet.Page> content)
      throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY_SUFFIX);
    Files.deleteIfExists(temporary);
    try (BitmapFile created =
        new BitmapFile(BlockFile.open(temporary, BlockFile.Access.CREATE_NEW), name)) {
      created.growTo(pageCount);
      created.store(full, content);
    }
    Files.move(
        temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    BlockFile.syncDirectory(path.toAbsolutePath().getParent());
  }

  static BitmapFile open(Path path, String name) throws IOException {
    BlockFile file = BlockFile.open(path, BlockFile.Access.READ_WRITE);
    try {
      BitmapFile opened = new BitmapFile(file, name);
      opened.readHeader(path);
      return opened;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  static boolean isComplete(Path path) {
    return !path.getFileName().toString().endsWith(TEMPORARY_SUFFIX);
  }

  private void readHeader(Path path) throws IOException {
    buffer.clear().limit(HEADER_BYTES);
    int read = file.read(0, buffer);
    if (read < HEADER_BYTES
        || buffer.getLong(0) != MAGIC
        || buffer.getInt(12) != checksum(16, HEADER_BYTES)) {
      throw new ReplicaFileException(
          ReplicaProblem.BITMAP_CORRUPT,
          "Map %s is corrupt: its header has no valid magic number and checksum. Remove the directory of this replica; it is then filled again from the others."
              .formatted(path));
    }
    if (buffer.getInt(8) > VERSION) {
      throw new ReplicaFileException(
          ReplicaProblem.FORMAT_TOO_NEW,
          "Map %s has format version %d, this volume-agent knows versions up to %d. Start the newer volume-agent that wrote it, or remove the replica."
              .formatted(path, buffer.getInt(8), VERSION));
    }
    pages = buffer.getInt(16);
    full = (buffer.getInt(20) & FLAG_FULL) != 0;
    byte[] bytes = new byte[Math.clamp(buffer.getShort(NAME), 0, NAME_BYTES_MAX)];
    buffer.get(NAME + Short.BYTES, bytes);
    String found = new String(bytes, UTF_8);
    if (!found.equals(name)) {
      throw new ReplicaFileException(
          ReplicaProblem.WRONG_IDENTITY,
          "Map %s is about %s, not about %s: files were moved or copied. Put them back, or remove the directory of this replica."
              .formatted(path, found, name));
    }
  }

  boolean isFull() {
    return full;
  }

  int pages() {
    return pages;
  }

  /**
   * What the file holds. Pages that could not be read are all set and listed in {@link #damaged}.
   */
  BlockSet read() throws IOException {
    BlockSet set = new BlockSet();
    for (int index = 0; index < pages; index++) {
      buffer.clear();
      int read = file.read(offsetOf(index), buffer);
      if (read < PAGE_BYTES
          || buffer.getInt(0) != checksum(4, PAGE_BYTES)
          || buffer.getInt(4) != index) {
        damaged.add(index);
        set.addAll(index * BlockSet.PAGE_BITS, (index + 1) * BlockSet.PAGE_BITS - 1);
      } else {
        set.addPage(takePage(index));
      }
    }
    return set;
  }

  /** Numbers of the pages that the last {@link #read} could not read. */
  BlockSet damaged() {
    return damaged.copy();
  }

  private BlockSet.Page takePage(int index) {
    long[] words = new long[BlockSet.PAGE_WORDS];
    buffer.position(PAGE_HEADER_BYTES).asLongBuffer().get(words);
    return new BlockSet.Page(index, words);
  }

  /** Replaces pages and the flag. When this returns, they are durable. */
  void store(boolean isFull, List<BlockSet.Page> changed) throws IOException {
    storeLazily(changed);
    int needed = pages;
    for (BlockSet.Page page : changed) {
      needed = Math.max(needed, page.index() + 1);
    }
    if (needed > pages || isFull != full) {
      fillTo(needed, changed);
      full = isFull;
      pages = needed;
      writeHeader();
    }
    file.dataSync();
  }

  /** As {@link #store}, but the kernel decides when; only for pages that exist already. */
  void storeLazily(List<BlockSet.Page> changed) throws IOException {
    for (BlockSet.Page page : changed) {
      writePage(page);
    }
  }

  /** Adds empty pages. When this returns, they are durable. */
  void growTo(int pageCount) throws IOException {
    fillTo(pageCount, List.of());
    pages = Math.max(pages, pageCount);
    writeHeader();
    file.dataSync();
  }

  /** Writes the empty pages between the old end and the new one, so that there are no gaps. */
  private void fillTo(int pageCount, List<BlockSet.Page> written) throws IOException {
    for (int index = pages; index < pageCount; index++) {
      int empty = index;
      if (written.stream().noneMatch(page -> page.index() == empty)) {
        writePage(new BlockSet.Page(index, new long[BlockSet.PAGE_WORDS]));
      }
    }
  }

  private void writeHeader() throws IOException {
    byte[] bytes = name.getBytes(UTF_8);
    if (bytes.length > NAME_BYTES_MAX) {
      throw new IllegalArgumentException("name longer than " + NAME_BYTES_MAX + " bytes: " + name);
    }
    buffer.clear();
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
    buffer.putLong(0, MAGIC).putInt(8, VERSION);
    buffer.putInt(16, pages).putInt(20, full ? FLAG_FULL : 0);
    buffer.putShort(NAME, (short) bytes.length).put(NAME + Short.BYTES, bytes);
    buffer.putInt(12, checksum(16, HEADER_BYTES));
    file.write(0, buffer.clear().limit(HEADER_BYTES));
  }

  private void writePage(BlockSet.Page page) throws IOException {
    buffer.clear();
    buffer.putInt(4, page.index());
    buffer.position(PAGE_HEADER_BYTES).asLongBuffer().put(page.words());
    buffer.putInt(0, checksum(4, PAGE_BYTES));
    file.write(offsetOf(page.index()), buffer.clear());
  }

  private static long offsetOf(int index) {
    return HEADER_BYTES + (long) index * PAGE_BYTES;
  }

  private int checksum(int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().clear().position(from).limit(to));
    return (int) crc.getValue();
  }

  @Override
  public void close() {
    file.close();
  }
}
