package io.mooring.storage.simulation;

/**
 * A message on the wire with its payload.
 *
 * @param content one stamp per sector of the range, empty for messages without payload
 */
record Frame<M>(M message, long[] content) {
  private static final long[] NOTHING = new long[0];

  static <M> Frame<M> of(M message) {
    return new Frame<>(message, NOTHING);
  }
}
