package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The list of blobs at the end of a pack. */
public final class PackFooter {

  private static final int ENTRY_BYTES = 1 + 2 + 4 + 4 + 4 + 4 + 1 + BlobId.BYTES;
  private static final int NO_REGION = -1;

  private PackFooter() {}

  /** Bytes at the end of a pack that nearly always hold the footer and the trailer. */
  public static final int TAIL_BYTES = 64 << 10;

  /** Bytes of the end that surely hold both, if a shorter tail told this length of the footer. */
  public static int tailBytes(int sealedBytes) {
    return sealedBytes + PackBuilder.TRAILER_BYTES;
  }

  static int bytesFor(int entries) {
    return 4 + entries * ENTRY_BYTES + Sealer.TAG_BYTES + PackBuilder.TRAILER_BYTES;
  }

  static byte[] encode(List<PackEntry> entries) {
    FieldWriter out = new FieldWriter().i32(entries.size());
    for (PackEntry entry : entries) {
      out.u8(entry.type().code());
      out.u16(entry.region().map(PackEntry.RegionLabel::volume).orElse(0));
      out.i32(entry.region().map(PackEntry.RegionLabel::region).orElse(NO_REGION));
      out.placeInPack(entry.ref());
    }
    return out.toBytes();
  }

  /** Length of the sealed footer, from the last bytes of a pack. */
  public static int sealedBytes(PackId pack, byte[] tail) throws BackupException {
    if (tail.length < PackBuilder.TRAILER_BYTES) {
      throw truncated(pack);
    }
    int trailer = tail.length - PackBuilder.TRAILER_BYTES;
    if (!Arrays.equals(
        tail, trailer + 8, tail.length, PackBuilder.END_MAGIC, 0, PackBuilder.END_MAGIC.length)) {
      throw truncated(pack);
    }
    int sealed = ByteBuffer.wrap(tail).getInt(trailer);
    if (sealed < Sealer.TAG_BYTES || sealed > Limits.PACK_BYTES_MAX) {
      throw new BackupException(
          Fault.OBJECT_DAMAGED, "The trailer of %s is damaged.".formatted(pack.objectName()));
    }
    return sealed;
  }

  /**
   * Reads the footer.
   *
   * @param tail last bytes of the pack, at least the footer and the trailer
   * @param packBytes size of the whole pack
   */
  public static List<PackEntry> read(RepositoryKeys keys, PackId pack, byte[] tail, long packBytes)
      throws BackupException {
    int sealed = sealedBytes(pack, tail);
    int from = tail.length - PackBuilder.TRAILER_BYTES - sealed;
    if (from < 0) {
      throw truncated(pack);
    }
    long position = packBytes - PackBuilder.TRAILER_BYTES - sealed;
    String what = "The footer of " + pack.objectName();
    byte[] footer = keys.sealerOf(pack).open(position, tail, from, sealed, what);
    return FieldReader.all(
        footer,
        what,
        in -> {
          int count = in.count(ENTRY_BYTES);
          List<PackEntry> entries = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            BlobType type = BlobType.of(in.u8());
            int volume = in.u16();
            int region = in.i32();
            Optional<PackEntry.RegionLabel> label =
                region == NO_REGION
                    ? Optional.empty()
                    : Optional.of(new PackEntry.RegionLabel(volume, region));
            entries.add(new PackEntry(type, in.placeIn(pack), label));
          }
          return entries;
        });
  }

  private static BackupException truncated(PackId pack) {
    return new BackupException(
        Fault.OBJECT_TRUNCATED, "%s does not end as a pack does.".formatted(pack.objectName()));
  }
}
