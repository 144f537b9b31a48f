package io.mooring.storage.linux;

/** What the first and last bytes of a block device tell about it. */
public sealed interface DeviceContent {
  /** Nothing but zeros where any known format keeps its labels: safe to format. */
  record Blank() implements DeviceContent {}

  record Formatted(FilesystemType type) implements DeviceContent {}

  /** Neither: formatting would destroy something, perhaps a half-made file system. */
  record Unknown() implements DeviceContent {}
}
