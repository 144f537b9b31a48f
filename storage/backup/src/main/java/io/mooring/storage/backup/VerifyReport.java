package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.Fault;
import java.util.List;

/**
 * What a check of a backup has found.
 *
 * @param chunks that the backup refers to, as far as its pages could be read
 * @param chunksRead of them; chunks that several places refer to are read once
 * @param bytesRead their content
 * @param damages at most {@link #DAMAGES_MAX}
 */
public record VerifyReport(long chunks, long chunksRead, long bytesRead, List<Damage> damages) {

  public static final int DAMAGES_MAX = 1000;

  /**
   * Something that cannot be restored.
   *
   * @param place volume, or application object
   * @param offset in it
   * @param lengthBytes lost from there on
   */
  public record Damage(String place, long offset, long lengthBytes, Fault fault, String message) {}

  public VerifyReport {
    damages = List.copyOf(damages);
  }

  /** Whether nothing was found to be lost. */
  public boolean isGood() {
    return damages.isEmpty();
  }
}
