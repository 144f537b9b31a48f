package io.mooring.localcluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files of one running cluster. Sockets have short paths of their own, because the length of a
 * socket's path is limited to some hundred characters.
 *
 * @param root directory of everything that the cluster keeps on disk
 * @param sockets directory of its unix sockets
 */
public record ClusterFiles(Path root, Path sockets) {

  /** Files of the named cluster below an installation. */
  public static ClusterFiles of(Path home, String cluster) {
    return new ClusterFiles(
        home.resolve(".mooring").resolve(cluster), Path.of("/run/mooring").resolve(cluster));
  }

  public Path log(String process) {
    return root.resolve("logs").resolve(process + ".log");
  }

  /** Data of a process of the control plane. */
  public Path controlData(String process) {
    return root.resolve("control").resolve(process);
  }

  /** Secret that the migrator demands of the other side of a pair. */
  public Path pairToken() {
    return controlData("migrator").resolve("pair-token");
  }

  public Path nodeDirectory(String node) {
    return root.resolve("nodes").resolve(node);
  }

  /** The pool directory of a node, on which its replicas are. */
  public Path pool(String node) {
    return nodeDirectory(node).resolve("pool");
  }

  /** Output of commands in pods. */
  public Path executions() {
    return root.resolve("nodes").resolve("executions");
  }

  public Path managerSocket() {
    return sockets.resolve("manager.sock");
  }

  public Path nodeSocket(String node) {
    return sockets.resolve(node + ".sock");
  }

  public Path controlSocket() {
    return sockets.resolve("control.sock");
  }

  /** Removes what an earlier run of a cluster with this name left. */
  void clear() throws IOException {
    for (String part : List.of("logs", "control", "nodes")) {
      deleteTree(root.resolve(part));
    }
    deleteTree(sockets);
    Files.createDirectories(sockets);
  }

  private static void deleteTree(Path top) throws IOException {
    if (!Files.exists(top)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(top)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
