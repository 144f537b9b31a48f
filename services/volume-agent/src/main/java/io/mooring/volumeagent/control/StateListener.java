package io.mooring.volumeagent.control;

import io.mooring.schemas.EventHeaders;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hears every state of a compacted topic, oldest first, on the follower's thread. Must not block
 * for long.
 */
public interface StateListener<T extends SpecificRecord> {

  /**
   * A key has a new value.
   *
   * @param value the new value, null if the key was deleted
   * @param headers attributes of the record, null if it carries none that can be read
   */
  void onState(String key, @Nullable T value, @Nullable EventHeaders headers);

  /**
   * The topic is read from its beginning: what follows was true once, up to {@link #onCaughtUp}.
   */
  default void onReplay() {}

  /** Everything that was in the topic when the reading began has been heard. */
  default void onCaughtUp() {}
}
