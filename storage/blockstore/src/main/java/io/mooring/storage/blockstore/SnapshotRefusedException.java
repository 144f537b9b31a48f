package io.mooring.storage.blockstore;

import java.io.IOException;

/** A snapshot could not be taken, and nothing was changed; the cause says why. */
public final class SnapshotRefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  SnapshotRefusedException(ReplicaFileException why) {
    super(why.getMessage(), why);
  }
}
