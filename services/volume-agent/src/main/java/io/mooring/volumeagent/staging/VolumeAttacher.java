package io.mooring.volumeagent.staging;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes volumes usable as block devices on this node. Blocking; called by one thread per volume at
 * a time, by several for different volumes.
 */
public interface VolumeAttacher {

  /**
   * Opens the volume under an epoch and attaches a device. Returns when the volume serves; what
   * this node must know for that may still be on its way.
   *
   * @throws StagingException if the epoch is not this node's, or the volume does not serve in time
   */
  AttachedVolume attach(String volumeId, long epoch, Duration limit)
      throws StagingException, IOException, InterruptedException;

  /**
   * Takes over what an earlier run of the agent has attached, without the control plane. The
   * device's users see a pause.
   *
   * @return empty if nothing is attached any more, because the machine was restarted
   */
  Optional<AttachedVolume> resume(String volumeId, long epoch) throws IOException;

  /**
   * Closes cleanly what was opened and has no device: an attempt to attach that was given up, or a
   * detach during which the agent died. Does nothing if there is no such thing.
   *
   * @throws IOException if it could not be closed in time
   */
  void settle(String volumeId, Duration limit) throws IOException, InterruptedException;
}
