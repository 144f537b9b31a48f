package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Packs that no backup referred to when they were looked at; they are deleted later, if ever. */
public record GarbageRecord(UUID id, Instant at, List<PackId> packs) {

  public static final String PREFIX = "garbage/";

  public GarbageRecord {
    packs = List.copyOf(packs);
  }

  /** Name of the object. */
  public String objectName() {
    return PREFIX + id;
  }

  public byte[] encode() {
    FieldWriter out = new FieldWriter().uuid(id).instant(at).i32(packs.size());
    packs.forEach(out::pack);
    return out.toBytes();
  }

  public static GarbageRecord decode(byte[] bytes) throws BackupException {
    return FieldReader.all(
        bytes,
        "A list of garbage",
        in -> {
          UUID id = in.uuid();
          Instant at = in.instant();
          List<PackId> packs = new ArrayList<>();
          for (int left = in.count(PackId.BYTES); left > 0; left--) {
            packs.add(in.pack());
          }
          return new GarbageRecord(id, at, packs);
        });
  }
}
