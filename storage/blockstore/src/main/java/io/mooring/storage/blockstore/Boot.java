package io.mooring.storage.blockstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Identifies the run of the kernel. As long as it is the same, everything that was written is still
 * there, flushed or not, whatever happened to the process that wrote it.
 */
final class Boot {

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private Boot() {}

  static UUID current() throws IOException {
    return UUID.fromString(Files.readString(BOOT_ID).strip());
  }
}
