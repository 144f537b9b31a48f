package io.mooring.volumeagent.staging;

import java.nio.file.Path;
import java.time.Duration;

/** Is told what happened to staged volumes; must not block. */
public interface StagingListener {

  void onMounted(AttachedVolume volume, Path path, Duration took);

  /**
   * Replicas, device and file system have grown.
   *
   * @param fsBytes size of the file system, 0 for a block device
   */
  void onGrown(AttachedVolume volume, long fsBytes);
}
