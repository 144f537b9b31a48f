package io.mooring.volumeagent.node;

import io.mooring.schemas.PoolDrive;
import io.mooring.storage.linux.LoopDrive;
import io.mooring.volumeagent.config.PoolSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The drive below a pool, which the agent may grow up to a size that it was given. */
public final class GrowableDrive {

  private static final Logger LOG = Logger.getLogger(GrowableDrive.class);

  private final Path pool;
  private final long maxBytes;
  private volatile long sizeBytes;
  private volatile String problem = "";

  /** Why the drive cannot grow at all, as it was told last. */
  private volatile String obstacle = "";

  private GrowableDrive(Path pool, long maxBytes) {
    this.pool = pool;
    this.maxBytes = maxBytes;
  }

  /** Empty if the pool's drive is to stay as it is. */
  static Optional<GrowableDrive> of(PoolSettings pool) {
    return pool.driveMaxBytes().map(max -> new GrowableDrive(pool.path(), max));
  }

  /** Looks at the drive; asks its file system, which may hang. */
  void measure() {
    try {
      sizeBytes = LoopDrive.below(pool).sizeBytes();
      obstacle = "";
    } catch (IOException e) {
      // Nobody asks for the growth of a drive whose size is not known.
      sizeBytes = 0;
      tellOnce(e);
    }
  }

  private void tellOnce(IOException why) {
    String told = String.valueOf(why.getMessage());
    if (!told.equals(obstacle)) {
      LOG.warnf("The drive of a pool cannot grow. pool=%s why=%s", pool, told);
    }
    obstacle = told;
  }

  /** As of the newest measurement; empty while the drive cannot be looked at. */
  public Optional<PoolDrive> description() {
    long size = sizeBytes;
    return size > 0 ? Optional.of(new PoolDrive(size, maxBytes, problem)) : Optional.empty();
  }

  /** Why the newest growth did not succeed; empty if it did. */
  String problem() {
    return problem;
  }

  /**
   * Grows drive and file system to a size, or finishes a growth that was cut short.
   *
   * @return whether it has that size now; if not, the description says why
   */
  boolean grow(long bytes, Duration limit) {
    try {
      if (bytes > maxBytes) {
        problem =
            "POL-021 The drive is to have %d bytes, and drive-max allows %d. Raise it and restart the agent."
                .formatted(bytes, maxBytes);
        return false;
      }
      LoopDrive.below(pool).grow(bytes, limit);
      problem = "";
      return true;
    } catch (IOException e) {
      problem = "POL-022 The drive has not grown to %d bytes: %s".formatted(bytes, e.getMessage());
      return false;
    } finally {
      measure();
    }
  }
}
