package io.mooring.volumemanager.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Identity of a snapshot set. Who asks for one chooses it, so that a repeat means the same set. */
public record SnapshotSetId(String value) {

  /** Short enough for the number of an attempt to follow within the limit of replicas. */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,44}");

  private static final int HASH_BYTES = 6;

  public SnapshotSetId {
    if (!isId(value)) {
      throw new IllegalArgumentException("not the id of a snapshot set: '" + value + "'");
    }
  }

  public static boolean isId(String text) {
    return FORM.matcher(text).matches();
  }

  /** The id that follows from a name, for callers to whom one name is one set. */
  public static SnapshotSetId ofName(String name) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return new SnapshotSetId("snap-" + HexFormat.of().formatHex(hash, 0, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
