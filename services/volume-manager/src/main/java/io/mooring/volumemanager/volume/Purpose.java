package io.mooring.volumemanager.volume;

import io.mooring.schemas.VolumeTaskKind;

/**
 * What a volume is published for. Those who publish it for the same purpose are the same user, who
 * repeats himself; anybody else is another one.
 *
 * @param text a word or two that people understand, such as a restore with its name; empty for an
 *     ordinary attach, of which each is another user
 */
public record Purpose(String text) {

  /** Somebody mounts it, or uses it as a block device. */
  public static final Purpose ORDINARY = new Purpose("");

  private static final int LENGTH_MAX = 128;

  public Purpose {
    if (text.length() > LENGTH_MAX || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a purpose has at most %d characters, none of them a control character"
              .formatted(LENGTH_MAX));
    }
  }

  /** Work that volume-manager itself gives to a node. */
  static Purpose of(VolumeTaskKind kind, SnapshotKey snapshot) {
    return new Purpose(
        switch (kind) {
          case SNAPSHOT -> "snapshot for set " + snapshot.setId();
          case RESTORE -> "restore to set " + snapshot.setId();
          case FILL -> "fill from set " + snapshot.setId();
        });
  }

  public boolean isOrdinary() {
    return text.isEmpty();
  }

  @Override
  public String toString() {
    return isOrdinary() ? "ordinary use" : "'" + text + "'";
  }
}
