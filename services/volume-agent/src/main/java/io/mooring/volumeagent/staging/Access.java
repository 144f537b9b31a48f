package io.mooring.volumeagent.staging;

import java.util.List;
import java.util.Optional;

/** How a pod wants to see a volume. */
public sealed interface Access {

  /** Whether nothing may be written. */
  boolean readOnly();

  /**
   * As a directory.
   *
   * @param fsType file system that the request names; empty if it leaves that to the volume
   * @param flags mount options as mount(8) takes them
   */
  record Mounted(Optional<String> fsType, List<String> flags, boolean readOnly) implements Access {
    public Mounted {
      flags = List.copyOf(flags);
    }
  }

  /** As a block device. */
  record Block(boolean readOnly) implements Access {}
}
