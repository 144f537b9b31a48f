package io.mooring.volumeagent.staging;

import java.util.Optional;

/**
 * How full a staged volume is, and how it is.
 *
 * @param inodes empty for a block device
 * @param condition the state of its head, in words
 */
public record VolumeStats(
    Counts bytes, Optional<Counts> inodes, boolean abnormal, String condition) {

  /** Used and available need not add up to the total: some may be reserved. */
  public record Counts(long total, long used, long available) {}
}
