package io.mooring.storage.replication;

/**
 * The blocks that a replica has changed and cannot be sure to share with the others.
 *
 * <p>Changes of the current stream leave the set when they are stable <em>and</em> flushed here.
 * Both are needed: a replica that is being resynced hears of stable points that it was not asked
 * about. Two bitmaps suffice instead of a sequence per block: the older one is forgotten as a whole
 * once its newest change is stable, then the newer one takes its place. Changes of earlier streams
 * are suspects until the head has settled them.
 */
final class UnstableBlocks {
  private final BlockSet suspects;
  private BlockSet older = new BlockSet();
  private BlockSet newer = new BlockSet();
  private long olderBound;
  private long newest;
  private long stable;
  private long flushed;

  UnstableBlocks(BlockSet suspects) {
    this.suspects = suspects;
  }

  void changed(int firstBlock, int lastBlock, long sequence) {
    newer.addAll(firstBlock, lastBlock);
    newest = sequence;
  }

  void stable(long sequence) {
    if (sequence > stable) {
      stable = sequence;
      forget();
    }
  }

  void flushed(long sequence) {
    if (sequence > flushed) {
      flushed = sequence;
      forget();
    }
  }

  /** A new stream begins: its sequences say nothing about the changes before it. */
  void startStream() {
    suspects.addAll(older);
    suspects.addAll(newer);
    older.clear();
    newer.clear();
    olderBound = 0;
    newest = 0;
    stable = 0;
    flushed = 0;
  }

  void settled() {
    suspects.clear();
  }

  boolean containsAny(int firstBlock, int lastBlock) {
    return newer.containsAny(firstBlock, lastBlock)
        || older.containsAny(firstBlock, lastBlock)
        || suspects.containsAny(firstBlock, lastBlock);
  }

  BlockSet all() {
    BlockSet all = suspects.copy();
    all.addAll(older);
    all.addAll(newer);
    return all;
  }

  private void forget() {
    long settledUpTo = Math.min(stable, flushed);
    if (olderBound > settledUpTo) {
      return;
    }
    older.clear();
    BlockSet empty = older;
    older = newer;
    olderBound = newest;
    newer = empty;
    if (olderBound <= settledUpTo) {
      older.clear();
    }
  }
}
