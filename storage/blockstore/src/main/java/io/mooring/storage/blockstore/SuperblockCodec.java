package io.mooring.storage.blockstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaRecord;
import io.mooring.storage.replication.VolumeId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/** One 4 KiB slot of the superblock file; the layout is in {@code docs/disk-format.md}. */
final class SuperblockCodec {

  static final int SLOT_BYTES = 4096;

  /** A replica whose data are one file. */
  static final int VERSION_PLAIN = 1;

  /** A replica with layers: earlier releases would take the oldest one for all of the data. */
  static final int VERSION_LAYERED = 2;

  private static final long MAGIC = 0x4d4f_4f52_5355_5052L; // "MOORSUPR"
  private static final int SEQUENCE = 16;
  private static final int NAME_BYTES_MAX = 54;
  private static final int CRC = SLOT_BYTES - 4;
  private static final int REPLICAS_MAX = 32;
  private static final int FLAG_CLEAN = 1;
  private static final int FLAG_LOSSY = 2;
  private static final int FLAG_UNREADABLE = 4;

  private SuperblockCodec() {}

  /** What a slot turned out to hold. */
  sealed interface Slot {
    record Valid(long sequence, Superblock superblock) implements Slot {}

    record NewerVersion(int version) implements Slot {}

    record Invalid(String why) implements Slot {}
  }

  static void encode(ByteBuffer slot, int version, long sequence, Superblock superblock) {
    slot.clear().limit(SLOT_BYTES);
    while (slot.hasRemaining()) {
      slot.put((byte) 0);
    }
    ReplicaRecord.Superblock content = superblock.content();
    HeadMessage.Membership membership = content.membership();
    slot.putLong(0, MAGIC).putInt(8, version);
    slot.position(SEQUENCE);
    slot.putLong(sequence);
    slot.putLong(content.promise().epoch().value());
    slot.putLong(content.promise().session().value());
    slot.putLong(membership.generation().value());
    slot.putLong(content.sizeBytes());
    slot.putInt(flags(superblock));
    slot.putLong(superblock.boot().getMostSignificantBits());
    slot.putLong(superblock.boot().getLeastSignificantBits());
    putName(slot, superblock.volume().value());
    putName(slot, superblock.replica().value());
    putReplicas(slot, membership.inSync());
    putReplicas(slot, membership.absent());
    slot.putInt(CRC, checksum(slot));
    slot.clear().limit(SLOT_BYTES);
  }

  static Slot decode(ByteBuffer slot) {
    if (slot.getLong(0) != MAGIC) {
      return new Slot.Invalid("the magic number is missing");
    }
    if (slot.getInt(CRC) != checksum(slot)) {
      return new Slot.Invalid("the checksum does not match");
    }
    int version = slot.getInt(8);
    if (version > VERSION_LAYERED) {
      return new Slot.NewerVersion(version);
    }
    try {
      return take(slot.position(SEQUENCE));
    } catch (IllegalArgumentException | IllegalStateException | BufferUnderflowException e) {
      return new Slot.Invalid("a field is not possible (" + e.getMessage() + ")");
    }
  }

  private static Slot.Valid take(ByteBuffer slot) {
    long sequence = slot.getLong();
    Promise promise = Promise.of(slot.getLong(), slot.getLong());
    Generation generation = new Generation(slot.getLong());
    long sizeBytes = slot.getLong();
    int flags = slot.getInt();
    UUID boot = new UUID(slot.getLong(), slot.getLong());
    VolumeId volume = new VolumeId(takeName(slot));
    ReplicaId replica = new ReplicaId(takeName(slot));
    HeadMessage.Membership membership =
        new HeadMessage.Membership(generation, takeReplicas(slot), takeReplicas(slot));
    ReplicaRecord.Superblock content =
        new ReplicaRecord.Superblock(
            promise,
            membership,
            (flags & FLAG_LOSSY) != 0,
            (flags & FLAG_UNREADABLE) != 0,
            sizeBytes);
    boolean clean = (flags & FLAG_CLEAN) != 0;
    return new Slot.Valid(sequence, new Superblock(volume, replica, content, boot, clean));
  }

  private static int flags(Superblock superblock) {
    return (superblock.clean() ? FLAG_CLEAN : 0)
        | (superblock.content().lossy() ? FLAG_LOSSY : 0)
        | (superblock.content().unreadable() ? FLAG_UNREADABLE : 0);
  }

  private static int checksum(ByteBuffer slot) {
    CRC32C crc = new CRC32C();
    crc.update(slot.duplicate().position(0).limit(CRC));
    return (int) crc.getValue();
  }

  private static void putName(ByteBuffer slot, String name) {
    byte[] bytes = name.getBytes(UTF_8);
    if (bytes.length > NAME_BYTES_MAX) {
      throw new IllegalArgumentException("name longer than " + NAME_BYTES_MAX + " bytes: " + name);
    }
    slot.putShort((short) bytes.length).put(bytes);
  }

  private static String takeName(ByteBuffer slot) {
    int length = slot.getShort();
    if (length < 0 || length > NAME_BYTES_MAX) {
      throw new IllegalArgumentException("a name is " + length + " bytes long");
    }
    byte[] bytes = new byte[length];
    slot.get(bytes);
    return new String(bytes, UTF_8);
  }

  private static void putReplicas(ByteBuffer slot, List<ReplicaId> replicas) {
    if (replicas.size() > REPLICAS_MAX) {
      throw new IllegalArgumentException("too many replicas: " + replicas);
    }
    slot.putShort((short) replicas.size());
    for (ReplicaId replica : replicas) {
      putName(slot, replica.value());
    }
  }

  private static List<ReplicaId> takeReplicas(ByteBuffer slot) {
    List<ReplicaId> replicas = new ArrayList<>();
    for (int left = slot.getShort(); left > 0; left--) {
      replicas.add(new ReplicaId(takeName(slot)));
    }
    return replicas;
  }
}
