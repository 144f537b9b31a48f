package io.mooring.storage.replication;

import org.jspecify.annotations.Nullable;

/** What happens to a head. */
public sealed interface HeadInput {

  /**
   * Something that the client or the agent asks for; answered by one {@link HeadEffect.Complete}.
   */
  sealed interface Request extends HeadInput {
    RequestId request();
  }

  /** First input, once. */
  record Started() implements HeadInput {}

  /** Time has passed. Due at least every {@link HeadSettings.Timing#tickNanos}. */
  record Ticked() implements HeadInput {}

  /**
   * The client writes. Either {@code Send} effects with the payload follow at once, or {@link
   * HeadEffect.Queued} does and the engine keeps the payload until they do.
   *
   * @param durable complete only when the write is durable everywhere (FUA)
   */
  record WriteRequested(RequestId request, ByteRange range, boolean durable) implements Request {}

  /** The client zeroes or trims. */
  record ZeroRequested(RequestId request, ByteRange range, boolean durable) implements Request {}

  /**
   * The client reads; completed by {@link HeadEffect.Complete} after the engine holds the bytes.
   */
  record ReadRequested(RequestId request, ByteRange range) implements Request {}

  /** The client flushes: every write completed before must be durable. */
  record FlushRequested(RequestId request) implements Request {}

  /**
   * The volume grows; done when every member has grown, so that the device may show the new size.
   */
  record ResizeRequested(RequestId request, long sizeBytes) implements Request {}

  /** Something about holding back writes, for a snapshot. */
  sealed interface Holding extends Request {}

  /**
   * Hold back writes that have not been sent; done when every earlier one is acknowledged. Ended by
   * a snapshot, by {@link ReleaseRequested}, or by itself after {@link
   * HeadSettings.Timing#holdNanos}. To take snapshots of several volumes at one moment, hold all of
   * them first.
   */
  record HoldRequested(RequestId request) implements Holding {}

  /**
   * Take a snapshot: everything acknowledged before is in it, nothing submitted after the answer.
   * Answered by {@link Outcome.Taken} or {@link Outcome.NotTaken}; after anything else but the
   * former the id must not be used again, and some replicas may hold what has to be deleted.
   *
   * @param hold take it only if writes have been held without a break since this {@link
   *     HoldRequested}; null to hold them for the snapshot alone
   */
  record SnapshotRequested(RequestId request, SnapshotId snapshot, @Nullable RequestId hold)
      implements Holding {}

  /** Let writes go on that a {@link HoldRequested} holds back, if it still does. */
  record ReleaseRequested(RequestId request, RequestId hold) implements Holding {}

  /** Clean detach: flush, settle, close the streams. Later requests fail. */
  record CloseRequested(RequestId request) implements Request {}

  /**
   * The catalogue has published a state of the volume. The newest one known is due right after
   * {@link Started}: the record may be older.
   */
  record CatalogueChanged(CatalogueState state) implements HeadInput {}

  /**
   * The record of {@link HeadEffect.PersistRecord} with this token is durable, and so are all
   * before it.
   */
  record RecordPersisted(long token) implements HeadInput {}

  /** A message has arrived on a stream. */
  record Received(StreamId stream, ReplicaMessage message) implements HeadInput {}

  /** A stream could not be opened or has broken. Nothing arrives on it any more. */
  record StreamLost(StreamId stream, String reason) implements HeadInput {}
}
