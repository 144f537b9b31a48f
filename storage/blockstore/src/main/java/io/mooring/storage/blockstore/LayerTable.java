package io.mooring.storage.blockstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.SnapshotId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file {@code layers}: which files the data of a replica are made of, oldest first. Replaced as
 * a whole, so that the old or the new list is there after a crash, never a mixture.
 */
final class LayerTable {

  static final String NAME = "layers";

  private static final String TEMPORARY = "layers.new";
  private static final long MAGIC = 0x4d4f_4f52_4c41_5952L; // "MOORLAYR"
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 16;
  private static final int BYTES_MAX = 64 << 10;
  private static final int FLAG_DELETED = 1;

  private LayerTable() {}

  /** Empty if the replica has never had a snapshot: it has one layer then. */
  static Optional<List<LayerRecord>> read(Path directory) throws IOException {
    Path path = directory.resolve(NAME);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    if (Files.size(path) > BYTES_MAX) {
      throw corrupt(path, "it is longer than " + BYTES_MAX + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
    int end = bytes.limit() - Integer.BYTES;
    if (end < HEADER_BYTES || bytes.getLong(0) != MAGIC) {
      throw corrupt(path, "the magic number is missing");
    }
    if (bytes.getInt(end) != checksum(bytes, end)) {
      throw corrupt(path, "the checksum does not match");
    }
    if (bytes.getInt(8) > VERSION) {
      throw new ReplicaFileException(
          ReplicaProblem.FORMAT_TOO_NEW,
          "Layer list %s has format version %d, this volume-agent knows versions up to %d. Start the newer volume-agent that wrote it, or remove the replica."
              .formatted(path, bytes.getInt(8), VERSION));
    }
    try {
      return Optional.of(take(bytes.position(12)));
    } catch (IllegalArgumentException | IllegalStateException | BufferUnderflowException e) {
      throw corrupt(path, "a field is not possible (" + e.getMessage() + ")");
    }
  }

  private static List<LayerRecord> take(ByteBuffer bytes) {
    List<LayerRecord> records = new ArrayList<>();
    for (int left = bytes.getInt(); left > 0; left--) {
      String file = takeText(bytes);
      String snapshot = takeText(bytes);
      long sizeBytes = bytes.getLong();
      boolean deleted = (bytes.getInt() & FLAG_DELETED) != 0;
      if (snapshot.isEmpty() != (left == 1)) {
        throw new IllegalArgumentException("only the newest layer is no snapshot");
      }
      records.add(
          new LayerRecord(
              file, snapshot.isEmpty() ? null : new SnapshotId(snapshot), sizeBytes, deleted));
    }
    if (records.isEmpty()) {
      throw new IllegalArgumentException("there is no layer");
    }
    return records;
  }

  /** When this returns, the new list is durable. If it fails, either may be. */
  static void write(Path directory, List<LayerRecord> records) throws IOException {
    Path temporary = directory.resolve(TEMPORARY);
    Files.deleteIfExists(temporary);
    try (BlockFile file = BlockFile.open(temporary, BlockFile.Access.CREATE_NEW)) {
      file.write(0, encode(records));
      file.dataSync();
    }
    Files.move(
        temporary,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    BlockFile.syncDirectory(directory);
  }

  private static ByteBuffer encode(List<LayerRecord> records) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES_MAX);
    bytes.putLong(MAGIC).putInt(VERSION).putInt(records.size());
    for (LayerRecord record : records) {
      SnapshotId snapshot = record.snapshot();
      putText(bytes, record.file());
      putText(bytes, snapshot == null ? "" : snapshot.value());
      bytes.putLong(record.sizeBytes()).putInt(record.deleted() ? FLAG_DELETED : 0);
    }
    bytes.putInt(checksum(bytes, bytes.position()));
    return bytes.flip();
  }

  private static int checksum(ByteBuffer bytes, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(end));
    return (int) crc.getValue();
  }

  private static void putText(ByteBuffer bytes, String text) {
    byte[] encoded = text.getBytes(UTF_8);
    bytes.putShort((short) encoded.length).put(encoded);
  }

  private static String takeText(ByteBuffer bytes) {
    byte[] encoded = new byte[bytes.getShort()];
    bytes.get(encoded);
    return new String(encoded, UTF_8);
  }

  private static ReplicaFileException corrupt(Path path, String why) {
    return new ReplicaFileException(
        ReplicaProblem.LAYERS_CORRUPT,
        "Layer list %s is corrupt: %s. Remove the directory of this replica; it is then filled again from the others, and its snapshots are on them."
            .formatted(path, why));
  }
}
