package io.mooring.storage.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Volumes of brokers that hold the replicas of the same partitions, as real ones do: followers
 * append larger portions than leaders and so begin their segments with other records; files lie in
 * extents of a few MiB, in an order of their own, at multiples of 4 KiB.
 */
final class LogVolumes {

  private static final int BLOCK = 4096;

  private final SplittableRandom random;
  private final int segmentBytes;

  LogVolumes(long seed, int segmentBytes) {
    this.random = new SplittableRandom(seed);
    this.segmentBytes = segmentBytes;
  }

  /** One volume for each of three brokers. */
  List<MemoryVolume> make(int replicationFactor, int partitions, int partitionBytes) {
    List<List<byte[]>> files = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int partition = 0; partition < partitions; partition++) {
      List<byte[]> batches = batches(partitionBytes);
      for (int replica = 0; replica < replicationFactor; replica++) {
        files.get((partition + replica) % 3).addAll(segments(batches, replica == 0 ? 2 : 12));
      }
    }
    List<MemoryVolume> volumes = new ArrayList<>();
    for (List<byte[]> broker : files) {
      volumes.add(lay(broker));
    }
    return volumes;
  }

  private List<byte[]> batches(int bytes) {
    List<byte[]> batches = new ArrayList<>();
    long offset = random.nextInt(1 << 20);
    for (int size = 0; size < bytes; size += batches.getLast().length) {
      int records = 40 + random.nextInt(240);
      batches.add(batch(offset, records));
      offset += records;
    }
    return batches;
  }

  /** A record batch of version 2; only what its bytes look like matters. */
  private byte[] batch(long offset, int records) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (int i = 0; i < records; i++) {
      byte[] line = line(offset + i);
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

  private byte[] line(long sequence) {
    StringBuilder line = new StringBuilder("%012d ".formatted(sequence));
    line.append(random.nextInt(256)).append('.').append(random.nextInt(256)).append(" \"GET /");
    int length = 100 + random.nextInt(21);
    while (line.length() < length) {
      line.append((char) ('0' + random.nextInt(75)));
    }
    return line.toString().getBytes(US_ASCII);
  }

  private List<byte[]> segments(List<byte[]> batches, int batchesPerAppend) {
    List<byte[]> segments = new ArrayList<>();
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    for (int at = 0; at < batches.size(); ) {
      int end = Math.min(batches.size(), at + 1 + random.nextInt(batchesPerAppend));
      ByteArrayOutputStream append = new ByteArrayOutputStream();
      for (; at < end; at++) {
        append.writeBytes(batches.get(at));
      }
      if (segment.size() + append.size() > segmentBytes) {
        segments.add(segment.toByteArray());
        segment = new ByteArrayOutputStream();
      }
      segment.writeBytes(append.toByteArray());
    }
    segments.add(segment.toByteArray());
    return segments;
  }

  /** Lays files out in extents, shuffled. */
  private MemoryVolume lay(List<byte[]> files) {
    record Extent(byte[] file, int from, int length) {}
    List<Extent> extents = new ArrayList<>();
    for (byte[] file : files) {
      for (int from = 0; from < file.length; ) {
        int length = Math.min(file.length - from, (4 + random.nextInt(8)) << 20);
        extents.add(new Extent(file, from, length));
        from += length;
      }
    }
    for (int i = extents.size() - 1; i > 0; i--) {
      extents.set(i, extents.set(random.nextInt(i + 1), extents.get(i)));
    }
    int size = 1 << 20;
    for (Extent extent : extents) {
      size += (extent.length() / BLOCK + 8) * BLOCK;
    }
    MemoryVolume volume = new MemoryVolume(size);
    int at = 1 << 20;
    for (Extent extent : extents) {
      volume.write(at, extent.file(), extent.from(), extent.length());
      at += (extent.length() / BLOCK + 1 + random.nextInt(7)) * BLOCK;
    }
    return volume;
  }
}
