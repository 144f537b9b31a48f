package io.mooring.storage.backup;

import java.io.IOException;

/**
 * A volume to restore into; nobody else uses it meanwhile. All methods may be called from several
 * threads at once, for ranges that do not overlap.
 */
public interface VolumeTarget extends VolumeSource {

  void write(long offset, byte[] from, int at, int length) throws IOException;

  /** Makes a range read as zeros, without taking space where that can be. */
  void zero(ByteRange range) throws IOException;

  /** On return everything written is durable. */
  void flush() throws IOException;
}
