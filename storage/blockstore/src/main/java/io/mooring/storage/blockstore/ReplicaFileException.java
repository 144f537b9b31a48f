package io.mooring.storage.blockstore;

import io.mooring.storage.linux.LinuxException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Replica files that cannot be used, or an operation on them that failed; the message says what,
 * why and how to fix.
 */
public final class ReplicaFileException extends IOException {

  private final ReplicaProblem problem;

  public ReplicaFileException(ReplicaProblem problem, String whatWhyFix) {
    this(problem, whatWhyFix, null);
  }

  public ReplicaFileException(
      ReplicaProblem problem, String whatWhyFix, @Nullable Throwable cause) {
    super(problem.code() + " " + whatWhyFix, cause);
    this.problem = problem;
  }

  /**
   * The typed form of a failed operation on a replica file: a full pool is told from a broken disk.
   */
  static ReplicaFileException of(String operation, Object file, IOException cause) {
    if (cause instanceof ReplicaFileException already) {
      return already;
    }
    if (cause instanceof LinuxException linux && linux.isOutOfSpace()) {
      return new ReplicaFileException(
          ReplicaProblem.POOL_FULL,
          "Cannot %s %s: the pool is full. Free space in the pool or add a drive; the replica is filled again once there is room."
              .formatted(operation, file),
          cause);
    }
    return new ReplicaFileException(
        ReplicaProblem.IO_FAILED,
        "Cannot %s %s: %s. Check the drive of the pool (dmesg, smartctl) and replace it if it is failing."
            .formatted(operation, file, cause.getMessage()),
        cause);
  }

  public ReplicaProblem problem() {
    return problem;
  }
}
