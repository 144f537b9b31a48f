package io.mooring.storage.engine;

import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;

/** A snapshot that was asked for does not exist; the volume goes on. */
public final class SnapshotNotTakenException extends IOException {

  private static final long serialVersionUID = 1L;

  SnapshotNotTakenException(VolumeId volume, Outcome outcome) {
    super("snapshot of volume %s was not taken: %s".formatted(volume, why(outcome)));
  }

  private static String why(Outcome outcome) {
    return outcome instanceof Outcome.NotTaken(String why) ? why : outcome.toString();
  }
}
