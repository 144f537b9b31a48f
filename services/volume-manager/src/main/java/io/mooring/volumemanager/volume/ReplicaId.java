package io.mooring.volumemanager.volume;

import java.util.regex.Pattern;

/** Identity of a replica within its volume: {@code r1}, {@code r2}, … never used twice. */
public record ReplicaId(String value) {

  private static final Pattern FORM = Pattern.compile("r[1-9][0-9]*");

  public ReplicaId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a replica id: '" + value + "'");
    }
  }

  static ReplicaId numbered(int number) {
    return new ReplicaId("r" + number);
  }

  @Override
  public String toString() {
    return value;
  }
}
