package io.mooring.volumemanager.volume;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Identity of a volume. It follows from the name, which makes creation idempotent by name. */
public record VolumeId(String value) {

  private static final Pattern FORM = Pattern.compile("vol-[0-9a-f]{12}");
  private static final int HASH_BYTES = 6;

  public VolumeId {
    if (!isId(value)) {
      throw new IllegalArgumentException("not a volume id: '" + value + "'");
    }
  }

  /** Whether the text has the form of an id, as opposed to a name. */
  public static boolean isId(String text) {
    return FORM.matcher(text).matches();
  }

  public static VolumeId ofName(String name) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return new VolumeId("vol-" + HexFormat.of().formatHex(hash, 0, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Accepts what people type: an id, or else a name. */
  public static VolumeId ofIdOrName(String text) {
    return isId(text) ? new VolumeId(text) : ofName(text);
  }

  @Override
  public String toString() {
    return value;
  }
}
