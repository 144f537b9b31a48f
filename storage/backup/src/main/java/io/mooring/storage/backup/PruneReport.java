package io.mooring.storage.backup;

import java.util.List;

/**
 * What a prune has done.
 *
 * @param packs in the store at the end
 * @param packsListed newly listed as garbage
 * @param packsDeleted of earlier lists
 * @param bytesDeleted their size
 * @param listsWaiting lists that were due but stay, because of an open backup
 * @param givenUp backups whose writers are gone
 */
public record PruneReport(
    long packs,
    long packsListed,
    long packsDeleted,
    long bytesDeleted,
    int listsWaiting,
    List<String> givenUp) {

  public PruneReport {
    givenUp = List.copyOf(givenUp);
  }
}
