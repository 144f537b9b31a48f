package io.mooring.storage.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** What a test needs of the machine beyond a JDK. */
final class Privileges {
  private Privileges() {}

  static void assumeRootWithFuse() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root to mount and to make devices");
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "needs a kernel with FUSE");
    assumeTrue(Files.isWritable(Path.of("/dev/loop-control")), "needs a kernel with loop devices");
  }
}
