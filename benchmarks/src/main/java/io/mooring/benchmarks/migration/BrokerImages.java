package io.mooring.benchmarks.migration;

import io.mooring.localcluster.load.FlogLines;
import io.mooring.localcluster.process.HostCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * File system images of three brokers that hold the replicas of six partitions: ext4 on loop
 * devices, log segments that grow in turns and are synced now and then, so that they are fragmented
 * as on a real broker. Followers append in portions of their own and begin their segments with
 * other records than leaders.
 */
final class BrokerImages {

  static final int BROKERS = 3;
  private static final int PARTITIONS = 6;
  private static final long SEGMENT_BYTES = 32L << 20;
  private static final long SYNC_BYTES = 32L << 20;
  private static final int LEADER_APPEND_MAX = 2;
  private static final int FOLLOWER_APPEND_MAX = 12;

  private final Path directory;
  private final int replicationFactor;
  private final long partitionBytes;
  private final SplittableRandom random = new SplittableRandom(7);
  private final FlogLines lines = new FlogLines(random);

  BrokerImages(Path directory, int replicationFactor, long partitionBytes) {
    this.directory = directory;
    this.replicationFactor = replicationFactor;
    this.partitionBytes = partitionBytes;
  }

  /** Makes and fills the images; nothing is mounted any more on return. */
  List<Path> make() throws IOException, InterruptedException {
    List<Path> images = new ArrayList<>();
    List<Path> mounts = new ArrayList<>();
    long size = partitionBytes * PARTITIONS * replicationFactor / BROKERS * 3 / 2 + (256L << 20);
    try {
      for (int broker = 0; broker < BROKERS; broker++) {
        Path image = directory.resolve("rf%d-broker-%d.img".formatted(replicationFactor, broker));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
          file.setLength(size);
        }
        images.add(image);
        HostCommand.run("mkfs.ext4", "-q", "-F", image.toString());
        Path mount = Files.createDirectories(directory.resolve("mount-" + broker));
        HostCommand.run("mount", "-o", "loop", image.toString(), mount.toString());
        mounts.add(mount);
      }
      fill(mounts);
    } finally {
      for (Path mount : mounts) {
        HostCommand.run("umount", mount.toString());
      }
    }
    return images;
  }

  private void fill(List<Path> mounts) throws IOException, InterruptedException {
    List<Partition> growing = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      Partition partition = new Partition();
      for (int replica = 0; replica < replicationFactor; replica++) {
        Path folder = mounts.get((i + replica) % BROKERS).resolve("topic-" + i);
        partition.replicas.add(new Segments(Files.createDirectories(folder)));
      }
      growing.add(partition);
    }
    long unsynced = 0;
    while (!growing.isEmpty()) {
      Partition partition = growing.get(random.nextInt(growing.size()));
      unsynced += grow(partition);
      if (partition.bytes >= partitionBytes) {
        growing.remove(partition);
      }
      if (unsynced >= SYNC_BYTES) {
        sync(mounts);
        unsynced = 0;
      }
    }
  }

  private static void sync(List<Path> mounts) throws InterruptedException {
    for (Path mount : mounts) {
      HostCommand.run("sync", "-f", mount.toString());
    }
  }

  private long grow(Partition partition) throws IOException {
    List<byte[]> batches = new ArrayList<>();
    long grown = 0;
    for (int left = 1 + random.nextInt(20); left > 0; left--) {
      int records = 40 + random.nextInt(240);
      byte[] batch = batch(partition.nextOffset, records);
      partition.nextOffset += records;
      batches.add(batch);
      grown += batch.length;
    }
    partition.bytes += grown;
    for (int replica = 0; replica < partition.replicas.size(); replica++) {
      int most = replica == 0 ? LEADER_APPEND_MAX : FOLLOWER_APPEND_MAX;
      for (int at = 0; at < batches.size(); ) {
        int end = Math.min(batches.size(), at + 1 + random.nextInt(most));
        ByteArrayOutputStream append = new ByteArrayOutputStream();
        batches.subList(at, end).forEach(append::writeBytes);
        partition.replicas.get(replica).append(append.toByteArray(), batches.get(at));
        at = end;
      }
    }
    return grown;
  }

  /** A record batch of version 2, not compressed. */
  private byte[] batch(long offset, int records) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (int i = 0; i < records; i++) {
      byte[] line = lines.line(offset + i);
      payload.write(0);
      payload.write(line.length);
      payload.write(i & 127);
      payload.writeBytes(line);
    }
    CRC32C crc = new CRC32C();
    crc.update(payload.toByteArray());
    ByteBuffer batch = ByteBuffer.allocate(61 + payload.size());
    batch.putLong(offset).putInt(49 + payload.size()).putInt(0).put((byte) 2);
    batch.putInt((int) crc.getValue()).putShort((short) 0).putInt(records - 1);
    batch.putLong(1_700_000_000_000L + offset).putLong(1_700_000_000_000L + offset + records);
    batch.putLong(-1).putShort((short) -1).putInt(-1).putInt(records);
    return batch.put(payload.toByteArray()).array();
  }

  private static final class Partition {
    private final List<Segments> replicas = new ArrayList<>();
    private long nextOffset;
    private long bytes;
  }

  /** Log segments of one replica, each with a preallocated index. */
  private static final class Segments {
    private static final long INDEX_BYTES = 10L << 20;

    private final Path folder;
    private Path segment;
    private long bytes = Long.MAX_VALUE;

    Segments(Path folder) {
      this.folder = folder;
      this.segment = folder;
    }

    void append(byte[] records, byte[] firstBatch) throws IOException {
      if (bytes > SEGMENT_BYTES - records.length) {
        String name = "%020d".formatted(ByteBuffer.wrap(firstBatch).getLong());
        segment = folder.resolve(name + ".log");
        bytes = 0;
        Files.createFile(segment);
        try (RandomAccessFile index =
            new RandomAccessFile(folder.resolve(name + ".index").toFile(), "rw")) {
          index.setLength(INDEX_BYTES);
        }
      }
      Files.write(segment, records, StandardOpenOption.APPEND);
      bytes += records.length;
    }
  }
}
