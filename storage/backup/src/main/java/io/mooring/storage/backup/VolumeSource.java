package io.mooring.storage.backup;

import java.io.IOException;
import java.util.List;

/**
 * A volume that does not change while it is read, such as a snapshot. All methods may be called
 * from several threads at once.
 */
public interface VolumeSource {

  long sizeBytes();

  /** Ranges within the given one that may hold something other than zeros, in order. */
  List<ByteRange> data(ByteRange within) throws IOException;

  /** Reads {@code length} bytes at {@code offset} into {@code into} from {@code at} on. */
  void read(long offset, byte[] into, int at, int length) throws IOException;
}
