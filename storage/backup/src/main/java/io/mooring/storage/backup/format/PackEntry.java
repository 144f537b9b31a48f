package io.mooring.storage.backup.format;

import java.util.Optional;

/**
 * A line of a pack's footer.
 *
 * @param region which region a page describes; absent for other blobs. An unfinished backup finds
 *     its finished regions by it.
 */
public record PackEntry(BlobType type, BlobRef ref, Optional<RegionLabel> region) {

  /** A region of a volume of one backup, both counted from 0. */
  public record RegionLabel(int volume, int region) {}
}
