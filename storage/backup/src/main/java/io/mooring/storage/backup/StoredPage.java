package io.mooring.storage.backup;

import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.Run;

/**
 * A page and how much its region holds.
 *
 * @param contentBytes without holes
 */
record StoredPage(BlobRef ref, long contentBytes) {

  static StoredPage of(BlobRef ref, RegionPage page) {
    return new StoredPage(
        ref,
        page.runs().stream().filter(Run.Chunk.class::isInstance).mapToLong(Run::lengthBytes).sum());
  }
}
