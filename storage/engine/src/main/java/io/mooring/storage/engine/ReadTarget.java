package io.mooring.storage.engine;

import java.nio.ByteBuffer;

/** Where the bytes of a read go. */
@FunctionalInterface
interface ReadTarget {

  /**
   * A direct buffer with exactly the bytes of the request remaining, usable by the calling thread.
   */
  ByteBuffer buffer();
}
