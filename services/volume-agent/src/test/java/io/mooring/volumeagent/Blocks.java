package io.mooring.volumeagent;

import io.mooring.storage.nbd.NbdClient;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Numbers in the blocks of a volume, written and read over NBD. */
final class Blocks {

  static final int BYTES = 4096;
  private static final long SECONDS = 30;

  private Blocks() {}

  /** Writes a number to each block of a range. */
  static void write(NbdClient client, long first, int count, int number) throws Exception {
    ByteBuffer data = ByteBuffer.allocateDirect(count * BYTES);
    for (int i = 0; i < count; i++) {
      data.putInt(i * BYTES, number);
    }
    client.write(first * BYTES, data, false).get(SECONDS, TimeUnit.SECONDS);
  }

  static int read(NbdClient client, long block) throws Exception {
    ByteBuffer data = ByteBuffer.allocateDirect(BYTES);
    client.read(block * BYTES, data).get(SECONDS, TimeUnit.SECONDS);
    return data.getInt(0);
  }
}
