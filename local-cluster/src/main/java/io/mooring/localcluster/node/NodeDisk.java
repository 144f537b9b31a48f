package io.mooring.localcluster.node;

import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.process.HostCommand;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The drive below a node's pool: a directory of the host, or a file system of limited size in a
 * sparse file, which only the node sees and which can be filled.
 *
 * @param pool where the pool is
 * @param size of a disk of its own, or empty to share the host's
 */
public record NodeDisk(Path pool, Optional<ClusterSettings.DiskSize> size) {

  /** Prepares the drive and makes it visible on the node. */
  void attach(Node node, Path log) throws InterruptedException {
    try {
      Files.createDirectories(pool);
      if (size.isEmpty()) {
        return;
      }
      if (!Files.exists(image())) {
        try (RandomAccessFile file = new RandomAccessFile(image().toFile(), "rw")) {
          file.setLength(size.get().bytes());
        }
        if (size.get().maxBytes().isPresent()) {
          // ext4 grows while it is mounted only with CAP_SYS_RESOURCE, which containers often lack.
          HostCommand.run("mkfs.xfs", "-q", "-f", image().toString());
        } else {
          HostCommand.run("mkfs.ext4", "-q", "-F", "-m", "0", image().toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare the disk of " + node.spec().name(), e);
    }
    inNode(node, log, "mount", "-o", "loop", image().toString(), pool.toString());
  }

  /** Takes all the room that is left. */
  void fill(Node node, Path log) throws InterruptedException {
    if (size.isEmpty()) {
      throw new LocalClusterException(
          "LCL-013",
          "The disk of node '" + node.spec().name() + "' is not filled",
          "it is the host's own disk",
          "Start the cluster with --disk-size, which gives each node a disk of its own");
    }
    // Real blocks, not a promise of them; it ends when the disk is full, with an error that is
    // meant.
    inNode(
        node,
        log,
        "sh",
        "-c",
        "cat /dev/zero > '" + ballast() + "' 2> /dev/null; sync '" + ballast() + "' || true");
  }

  /** Gives the room back. */
  void free(Node node, Path log) throws InterruptedException {
    inNode(node, log, "rm", "-f", ballast().toString());
  }

  private Path image() {
    return pool.resolveSibling("disk.img");
  }

  private Path ballast() {
    return pool.resolve("ballast");
  }

  private static void inNode(Node node, Path log, String... command) throws InterruptedException {
    LocalProcess process =
        node.run(new ProcessSpec("disk-" + node.spec().name(), List.of(command), Map.of(), log));
    int status = process.await();
    if (status != 0) {
      throw new LocalClusterException(
          "LCL-001",
          "'" + String.join(" ", command) + "' failed on node '" + node.spec().name() + "'",
          "it ended with status " + status,
          "See " + log);
    }
  }
}
