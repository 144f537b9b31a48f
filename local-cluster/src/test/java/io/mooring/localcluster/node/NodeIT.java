package io.mooring.localcluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.process.HostCommand;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with real namespaces. */
@Timeout(60)
class NodeIT {

  private static final Optional<ClusterSettings.DiskSize> DISK =
      Optional.of(new ClusterSettings.DiskSize(64 << 20, OptionalLong.empty()));

  private static final String POD_ADDRESS = "10.77.1.100";

  @TempDir Path directory;

  private final ClusterNetwork network = new ClusterNetwork("it" + ProcessHandle.current().pid());
  private Node first;
  private Node second;

  @BeforeEach
  void start() throws InterruptedException {
    assumeThat(System.getProperty("user.name")).as("namespaces need root").isEqualTo("root");
    network.create();
    first = node("n1", 0);
    second = node("n2", 1);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (first != null) {
      first.kill();
      second.kill();
      network.delete();
      HostCommand.run("ip", "netns", "del", network.controlNamespace());
    }
  }

  @Test
  void nodesReachEachOtherUntilALinkIsCut() throws InterruptedException {
    LocalProcess _ = listen(second, "10.77.0.12");
    assertThat(reaches(first, "10.77.0.12")).isTrue();

    second.cutLink();
    assertThat(second.isJoined()).isFalse();
    assertThat(reaches(first, "10.77.0.12")).isFalse();

    second.healLink();
    assertThat(second.isJoined()).isTrue();
    assertThat(reaches(first, "10.77.0.12")).isTrue();
  }

  @Test
  void aDeadNodeTakesProcessesMountsAndLoopDevicesWithIt()
      throws InterruptedException, IOException {
    NodeDisk disk = new NodeDisk(directory.resolve("pool"), DISK);
    disk.attach(first, directory.resolve("disk.log"));
    LocalProcess sleeper = first.run(process("sleep", "1000"));
    LocalProcess onDisk =
        first.run(process("sh", "-c", "cd '" + directory.resolve("pool") + "' && sleep 1000"));
    assertThat(HostCommand.run("losetup", "-l")).contains(directory.toString());
    assertThat(Files.list(directory.resolve("pool"))).isEmpty();

    first.kill();

    assertThat(sleeper.await()).isNotZero();
    assertThat(onDisk.await()).isNotZero();
    assertThat(first.isAlive()).isFalse();
    untilGone(directory);
    assertThatThrownBy(() -> first.run(process("true")))
        .isInstanceOf(LocalClusterException.class)
        .hasMessageStartingWith("LCL-005");
  }

  @Test
  void aNodeThatIsStartedAgainHasItsDiskAndItsLink() throws InterruptedException {
    NodeDisk disk = new NodeDisk(directory.resolve("pool"), DISK);
    disk.attach(first, directory.resolve("disk.log"));
    Path kept = directory.resolve("pool/kept");
    assertThat(first.run(process("sh", "-c", "echo x > '" + kept + "'; sync")).await()).isZero();
    first.kill();
    assertThat(first.isJoined()).isFalse();

    first.start();
    disk.attach(first, directory.resolve("disk.log"));

    assertThat(first.isJoined()).isTrue();
    assertThat(first.run(process("test", "-e", kept.toString())).await()).isZero();
  }

  @Test
  void aDiskCanBeFilledAndFreed() throws InterruptedException {
    Path log = directory.resolve("disk.log");
    NodeDisk disk = new NodeDisk(directory.resolve("pool"), DISK);
    disk.attach(first, log);
    List<String> write =
        List.of("dd", "if=/dev/zero", "of=" + directory.resolve("pool/x"), "bs=1M", "count=4");

    disk.fill(first, log);
    assertThat(first.run(process(write.toArray(String[]::new))).await()).isNotZero();

    disk.free(first, log);
    assertThat(first.run(process(write.toArray(String[]::new))).await()).isZero();
  }

  @Test
  void aPausedNodeStandsStillGoesOnAndCanBeKilled() throws InterruptedException {
    first.run(process("sleep", "1000"));
    first.pause();
    assertThat(first.isPaused()).isTrue();
    untilAll(first, state -> state.equals("T"));

    first.resume();
    untilAll(first, state -> !state.equals("T"));

    first.pause();
    first.kill();
    assertThat(first.isAlive()).isFalse();
  }

  @Test
  void aPodsAddressMovesAndIsNotBroughtBack() throws InterruptedException {
    network.assignPodAddress(POD_ADDRESS, "n1");
    LocalProcess onFirst = listen(first, POD_ADDRESS);
    assertThat(reaches(second, POD_ADDRESS)).isTrue();
    first.cutLink();

    network.assignPodAddress(POD_ADDRESS, "n2");
    LocalProcess _ = listen(second, POD_ADDRESS);
    first.healLink();

    assertThat(onFirst.isAlive()).isTrue();
    assertThat(addresses("n1")).doesNotContain(POD_ADDRESS);
    assertThat(addresses("n2")).contains(POD_ADDRESS);
    assertThat(reaches(first, POD_ADDRESS)).isTrue();
  }

  @Test
  void aPodsAddressIsTakenFromANodeThatIsBackAlready() throws InterruptedException {
    network.assignPodAddress(POD_ADDRESS, "n1");
    first.cutLink();
    first.healLink();

    network.assignPodAddress(POD_ADDRESS, "n2");

    assertThat(addresses("n1")).doesNotContain(POD_ADDRESS);
    assertThat(addresses("n2")).contains(POD_ADDRESS);
  }

  @Test
  void aSignalGoesToTheProgramBehindTheDoor() throws InterruptedException, IOException {
    LocalProcess process =
        first.run(
            process("bash", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done"));
    untilLogged("ready");

    process.terminate();

    assertThat(process.await()).isEqualTo(7);
  }

  private Node node(String name, int index) throws InterruptedException {
    String address = ClusterNetwork.nodeAddress(index);
    network.addNode(name, address);
    Node node =
        new Node(
            new NodeSpec(name, address, "local", "z", "r"),
            network,
            directory.resolve(name + ".log"));
    node.start();
    return node;
  }

  private ProcessSpec process(String... command) {
    return new ProcessSpec("test", List.of(command), Map.of(), directory.resolve("test.log"));
  }

  // bash has a TCP client built in; a server needs something else that every machine has.
  private LocalProcess listen(Node node, String address) throws InterruptedException {
    Path source = directory.resolve("Listen.java");
    try {
      Files.writeString(
          source,
          """
          void main(String[] at) throws Exception {
            try (var server = new java.net.ServerSocket(7777, 50, java.net.InetAddress.getByName(at[0]))) {
              while (true) { server.accept().close(); }
            }
          }
          """);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    LocalProcess server = node.run(process(java, "-XX:-UsePerfData", source.toString(), address));
    for (int i = 0; i < 200 && !reaches(node, address); i++) {
      assertThat(server.isAlive()).isTrue();
    }
    return server;
  }

  private boolean reaches(Node node, String address) throws InterruptedException {
    return node.run(
                process(
                    "timeout",
                    "1",
                    "bash",
                    "-c",
                    "exec 3<>/dev/tcp/" + address + "/7777; sleep 0.1"))
            .await()
        == 0;
  }

  private String addresses(String node) throws InterruptedException {
    return HostCommand.run("ip", "-n", network.namespace(node), "addr");
  }

  /** A process that sleeps stops, or goes on, when it is next scheduled. */
  private static void untilAll(Node node, Predicate<String> state) throws InterruptedException {
    List<String> states = states(node);
    while (states.isEmpty() || !states.stream().allMatch(state)) {
      states = states(node);
    }
  }

  private static List<String> states(Node node) throws InterruptedException {
    String pids =
        String.join(",", node.processes().stream().map(p -> Long.toString(p.pid())).toList());
    return HostCommand.run("ps", "-o", "state=", "-p", pids).lines().map(String::strip).toList();
  }

  private void untilLogged(String line) throws IOException {
    while (!Files.readString(directory.resolve("test.log")).contains(line)) {
      Thread.onSpinWait();
    }
  }

  private static void untilGone(Path directory) throws InterruptedException {
    // The kernel takes the mounts down in its own time after the last process is gone.
    while (HostCommand.run("losetup", "-l").contains(directory.toString())) {
      Thread.onSpinWait();
    }
  }
}
