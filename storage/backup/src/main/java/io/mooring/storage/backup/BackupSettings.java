package io.mooring.storage.backup;

import io.mooring.storage.backup.format.Codec;
import io.mooring.storage.backup.format.Limits;
import java.time.Duration;

/**
 * How to work.
 *
 * @param workers regions that are read and packs that are sent at the same time; each takes about
 *     40 MiB
 * @param packBytes objects grow to about this size
 * @param indexBytesMax memory for finding duplicates; each GiB of different content takes about 0.4
 *     MiB
 * @param lease a backup that shows no sign of life for longer may be given up by a prune
 * @param codec of what is stored from now on; a store may hold both
 */
public record BackupSettings(
    int workers, int packBytes, long indexBytesMax, Duration lease, Codec codec) {

  public static final BackupSettings DEFAULT =
      new BackupSettings(4, Limits.PACK_BYTES_MAX, 256L << 20, Duration.ofHours(6), Codec.ZSTD);

  public BackupSettings {
    if (workers < 1
        || packBytes < Limits.PACK_BYTES_MIN
        || packBytes > Limits.PACK_BYTES_MAX
        || indexBytesMax < 1 << 20
        || lease.isNegative()
        || lease.isZero()) {
      throw new IllegalArgumentException("settings of a backup make no sense");
    }
  }
}
