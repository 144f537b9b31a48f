package io.mooring.storage.backup;

import java.util.List;

/**
 * What is known about the difference to an earlier backup of the same volume. Whoever does not know
 * gives none, and everything is read; that costs time but no space.
 *
 * @param backup complete backup that holds an earlier snapshot of the volume under the same name
 * @param changed every range that may differ from that snapshot
 */
public record Baseline(String backup, List<ByteRange> changed) {

  public Baseline {
    changed = List.copyOf(changed);
  }
}
