package io.mooring.volumeagent.staging;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A volume with a block device on this node. */
public interface AttachedVolume {

  String volumeId();

  long epoch();

  Path device();

  /** Logical size that the device shows. */
  long sizeBytes();

  /** Whether the device is dead for good: the volume was fenced, or its run has ended otherwise. */
  boolean isLost();

  /** How the volume is. */
  Health health();

  /** Grows replicas, export and device. Does nothing if they have that size. */
  void grow(long sizeBytes, Duration limit) throws IOException, InterruptedException;

  /**
   * Flushes, closes cleanly and takes the device away. Nothing uses the device any more.
   *
   * @throws IOException if it could not be closed cleanly in time; it is still attached then
   */
  void detach(Duration limit) throws IOException, InterruptedException;

  /**
   * Takes the device away from under its users, who get errors: somebody else may own the volume
   * now.
   */
  void abort() throws IOException;

  /**
   * Health in words.
   *
   * @param abnormal whether an operator should look
   */
  record Health(boolean abnormal, String condition) {}
}
