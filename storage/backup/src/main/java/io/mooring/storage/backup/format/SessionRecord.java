package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Says that a backup is being written. While it stands, nothing that its writer may refer to is
 * deleted.
 *
 * @param request digest of what is backed up: a session never goes on with something else
 * @param renewedAt when its writer was last known to be at work
 * @param seen lists of garbage that the writer knows: it refers to nothing on them
 */
public record SessionRecord(UUID session, String request, Instant renewedAt, Set<UUID> seen) {

  public static final String PREFIX = "sessions/";

  public SessionRecord {
    seen = Set.copyOf(seen);
  }

  /** Name of the object. */
  public static String objectName(String backup) {
    return PREFIX + backup;
  }

  public SessionRecord renewed(Instant at) {
    return new SessionRecord(session, request, at, seen);
  }

  public byte[] encode() {
    FieldWriter out = new FieldWriter();
    out.uuid(session).text(request).instant(renewedAt).i32(seen.size());
    seen.stream().sorted().forEach(out::uuid);
    return out.toBytes();
  }

  public static SessionRecord decode(byte[] bytes) throws BackupException {
    return FieldReader.all(
        bytes,
        "A session",
        in -> {
          UUID session = in.uuid();
          String request = in.text();
          Instant renewedAt = in.instant();
          Set<UUID> seen = new HashSet<>();
          for (int left = in.count(16); left > 0; left--) {
            seen.add(in.uuid());
          }
          return new SessionRecord(session, request, renewedAt, seen);
        });
  }
}
