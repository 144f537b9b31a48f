package io.mooring.storage.replication;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Collects the answer to one question about blocks over the whole volume, window by window, so that
 * no answer grows large.
 */
final class Survey {
  /** 64 GiB: at most 128 KiB of bitmap. */
  private static final long WINDOW_BYTES = 64L << 30;

  private final Inquiries inquiries;
  private final Object owner;
  private final Link link;
  private final HeadMessage.Subject subject;
  private final long sizeBytes;
  private final Consumer<Optional<BlockSet>> then;
  private final BlockSet found = new BlockSet();

  private Survey(
      Inquiries inquiries,
      Object owner,
      Link link,
      HeadMessage.Subject subject,
      long sizeBytes,
      Consumer<Optional<BlockSet>> then) {
    this.inquiries = inquiries;
    this.owner = owner;
    this.link = link;
    this.subject = subject;
    this.sizeBytes = sizeBytes;
    this.then = then;
  }

  /** Starts a survey; {@code then} gets the blocks, or nothing if the replica cannot tell. */
  static void start(
      Inquiries inquiries,
      Object owner,
      Link link,
      HeadMessage.Subject subject,
      long sizeBytes,
      Consumer<Optional<BlockSet>> then) {
    new Survey(inquiries, owner, link, subject, sizeBytes, then).askFrom(0);
  }

  private void askFrom(long offset) {
    ByteRange window = new ByteRange(offset, Math.min(WINDOW_BYTES, sizeBytes - offset));
    inquiries.ask(
        owner,
        link,
        id -> new HeadMessage.Query(id, subject, window),
        answer -> answered(window, answer));
  }

  private void answered(ByteRange window, ReplicaMessage answer) {
    if (!(answer instanceof ReplicaMessage.Blocks blocks)) {
      throw new Invariants.Violation("answer to a query: " + answer);
    }
    if (!blocks.exact()) {
      then.accept(Optional.empty());
      return;
    }
    found.addAll(blocks.blocks());
    if (window.end() < sizeBytes) {
      askFrom(window.end());
    } else {
      then.accept(Optional.of(found));
    }
  }
}
