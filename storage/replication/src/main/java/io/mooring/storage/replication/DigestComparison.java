package io.mooring.storage.replication;

import java.util.List;
import java.util.function.Consumer;

/**
 * Compares a range between replicas by digests of its blocks.
 *
 * <p>No lock is needed while writes go on, as long as all replicas get them: if a byte of one
 * replica equals that of another at some two moments, it equals it once both have applied
 * everything.
 */
final class DigestComparison {
  private final ByteRange range;
  private final Consumer<BlockSet> then;
  private final long[][] digests;
  private int missing;
  private boolean unreadable;

  private DigestComparison(ByteRange range, int replicas, Consumer<BlockSet> then) {
    this.range = range;
    this.then = then;
    this.digests = new long[replicas][];
    this.missing = replicas;
  }

  /**
   * Asks every replica; {@code then} gets the blocks in which any of them differs from the first,
   * or all if one of them cannot be read.
   */
  static void start(
      Inquiries inquiries,
      Object owner,
      List<Link> replicas,
      ByteRange range,
      Consumer<BlockSet> then) {
    DigestComparison comparison = new DigestComparison(range, replicas.size(), then);
    for (int i = 0; i < replicas.size(); i++) {
      int index = i;
      inquiries.ask(
          owner,
          replicas.get(i),
          id -> new HeadMessage.Digest(id, range),
          answer -> comparison.answered(index, answer));
    }
  }

  private void answered(int index, ReplicaMessage answer) {
    if (answer instanceof ReplicaMessage.Unreadable) {
      unreadable = true;
      countAnswer();
      return;
    }
    if (!(answer instanceof ReplicaMessage.Digests(RequestId _, long[] received))) {
      throw new Invariants.Violation("answer to a digest request: " + answer);
    }
    int expected = Geometry.lastBlock(range) - Geometry.firstBlock(range) + 1;
    Invariants.check(
        received.length == expected, "%s digests for %s blocks", received.length, expected);
    digests[index] = received;
    countAnswer();
  }

  private void countAnswer() {
    if (--missing == 0) {
      then.accept(differing());
    }
  }

  private BlockSet differing() {
    BlockSet blocks = new BlockSet();
    int first = Geometry.firstBlock(range);
    if (unreadable) {
      blocks.addAll(first, Geometry.lastBlock(range));
      return blocks;
    }
    for (int block = 0; block < digests[0].length; block++) {
      for (long[] other : digests) {
        if (other[block] != digests[0][block]) {
          blocks.add(first + block);
        }
      }
    }
    return blocks;
  }
}
