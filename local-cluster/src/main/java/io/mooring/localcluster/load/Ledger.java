package io.mooring.localcluster.load;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.kafka.common.TopicPartition;

/**
 * What the cluster has acknowledged, one file per partition with 20 bytes per record: offset,
 * sequence number, CRC-32C of the value. It lies outside the cluster that it judges.
 */
public final class Ledger implements AutoCloseable {

  /** One acknowledged record. */
  public record Entry(long offset, long sequence, int crc) {}

  private static final String SUFFIX = ".ledger";

  private final Path folder;
  private final Map<String, DataOutputStream> files = new TreeMap<>();
  private long acknowledged;

  private Ledger(Path folder) {
    this.folder = folder;
  }

  /** An empty ledger in a folder, which is created; ledgers of earlier runs in it are removed. */
  public static Ledger create(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> old = Files.list(folder)) {
      for (Path file : old.filter(path -> path.toString().endsWith(SUFFIX)).toList()) {
        Files.delete(file);
      }
    }
    return new Ledger(folder);
  }

  /** A ledger that another process writes; what it has flushed can be read. */
  public static Ledger of(Path folder) {
    return new Ledger(folder);
  }

  /** Makes what was added so far readable for other processes. */
  public synchronized void flush() throws IOException {
    for (DataOutputStream file : files.values()) {
      file.flush();
    }
  }

  /** Records an acknowledgement. */
  public synchronized void add(TopicPartition partition, long offset, long sequence, int crc) {
    try {
      DataOutputStream file = files.get(partition.toString());
      if (file == null) {
        file =
            new DataOutputStream(
                new BufferedOutputStream(
                    Files.newOutputStream(folder.resolve(partition + SUFFIX)), 1 << 16));
        files.put(partition.toString(), file);
      }
      file.writeLong(offset);
      file.writeLong(sequence);
      file.writeInt(crc);
      acknowledged++;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the ledger in " + folder, e);
    }
  }

  public synchronized long acknowledged() {
    return acknowledged;
  }

  /** Entries of a partition by rising offset; what was added so far. */
  public synchronized List<Entry> entries(TopicPartition partition) throws IOException {
    Path written = folder.resolve(partition + SUFFIX);
    DataOutputStream file = files.get(partition.toString());
    if (file != null) {
      file.flush();
    } else if (!Files.exists(written)) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(written), 1 << 16))) {
      while (true) {
        entries.add(new Entry(in.readLong(), in.readLong(), in.readInt()));
      }
    } catch (EOFException e) {
      entries.sort(Comparator.comparingLong(Entry::offset));
      return entries;
    }
  }

  static int crcOf(byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(value);
    return (int) crc.getValue();
  }

  @Override
  public synchronized void close() throws IOException {
    for (DataOutputStream file : files.values()) {
      file.close();
    }
  }
}
