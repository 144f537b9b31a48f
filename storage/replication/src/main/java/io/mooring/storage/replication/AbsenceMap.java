package io.mooring.storage.replication;

import java.util.ArrayList;
import java.util.List;

/** What one absent replica lacks, and which pages of that are not yet durable. */
final class AbsenceMap {
  private boolean full;
  private final BlockSet blocks;
  private final BlockSet unsavedPages = new BlockSet();
  private boolean unsaved;

  /** A map that is durable as it is. */
  AbsenceMap(boolean full, BlockSet blocks) {
    this.full = full;
    this.blocks = blocks;
  }

  /** A new map, of which nothing is durable. */
  static AbsenceMap opened(boolean full) {
    AbsenceMap map = new AbsenceMap(full, new BlockSet());
    map.unsaved = true;
    return map;
  }

  boolean isFull() {
    return full;
  }

  BlockSet blocks() {
    return blocks;
  }

  boolean isUnsaved() {
    return unsaved;
  }

  void add(int firstBlock, int lastBlock) {
    if (full) {
      return;
    }
    blocks.addAll(firstBlock, lastBlock);
    unsavedPages.addAll(firstBlock / BlockSet.PAGE_BITS, lastBlock / BlockSet.PAGE_BITS);
    unsaved = true;
  }

  void add(BlockSet more) {
    if (full) {
      return;
    }
    more.forEach(block -> add(block, block));
  }

  void fill() {
    if (!full) {
      full = true;
      blocks.clear();
      unsavedPages.clear();
      unsaved = true;
    }
  }

  /** The pages that are not durable, which count as saved from now on. */
  List<BlockSet.Page> takeUnsaved() {
    List<BlockSet.Page> pages = new ArrayList<>();
    unsavedPages.forEach(index -> pages.add(blocks.pageCopy(index)));
    unsavedPages.clear();
    unsaved = false;
    return pages;
  }
}
