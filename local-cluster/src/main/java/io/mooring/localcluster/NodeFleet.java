package io.mooring.localcluster;

import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.node.Machine;
import io.mooring.localcluster.node.Node;
import io.mooring.localcluster.node.NodeDisk;
import io.mooring.localcluster.node.NodeSpec;
import io.mooring.localcluster.process.ProcessSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The nodes of a cluster, by name, in the order of their numbers. */
final class NodeFleet {

  private static final String REGION = "local";
  private static final int NODES_PER_RACK = 4;

  private final ClusterNetwork network;
  private final Map<String, Machine> machines = new LinkedHashMap<>();

  NodeFleet(
      ClusterSettings settings,
      ClusterNetwork network,
      ClusterFiles files,
      BiFunction<NodeSpec, OptionalLong, ProcessSpec> agents) {
    this.network = network;
    OptionalLong diskMax =
        settings.disks().map(ClusterSettings.DiskSize::maxBytes).orElse(OptionalLong.empty());
    for (NodeSpec spec : topology(settings.nodes())) {
      machines.put(
          spec.name(),
          new Machine(
              new Node(spec, network, files.log(spec.name())),
              new NodeDisk(files.pool(spec.name()), settings.disks()),
              agents.apply(spec, diskMax),
              files.log(spec.name())));
    }
  }

  Collection<String> names() {
    return machines.keySet();
  }

  List<NodeSpec> specs() {
    return machines.values().stream().map(m -> m.node().spec()).toList();
  }

  /** The node of that name. */
  Machine machine(String node) {
    Machine machine = machines.get(node);
    if (machine == null) {
      throw new LocalClusterException(
          "LCL-011",
          "There is no node '" + node + "'",
          "the cluster has " + String.join(", ", machines.keySet()),
          "Name one of them");
    }
    return machine;
  }

  /** Joins every node to the network and powers it on. */
  void start() throws InterruptedException {
    for (Machine machine : machines.values()) {
      NodeSpec spec = machine.node().spec();
      network.addNode(spec.name(), spec.address());
      machine.start();
    }
  }

  /** Has every node write back what its file systems keep in memory. */
  void writeBack() throws InterruptedException {
    for (Machine machine : machines.values()) {
      machine.writeBack();
    }
  }

  /** Powers every node off at once. */
  void kill() throws InterruptedException {
    for (Machine machine : machines.values()) {
      machine.kill();
    }
  }

  /** Ends the agents in order, then powers off. */
  void stop(Duration grace) throws InterruptedException {
    for (Machine machine : machines.values()) {
      machine.stop(grace);
    }
  }

  /** All nodes as they are now. */
  List<NodeStatus> status(Predicate<String> judgedUp) throws InterruptedException {
    List<NodeStatus> all = new ArrayList<>();
    for (Machine machine : machines.values()) {
      Node node = machine.node();
      all.add(
          new NodeStatus(
              node.spec(),
              node.isAlive(),
              node.isPaused(),
              node.isJoined(),
              machine.agent().isAlive(),
              judgedUp.test(node.spec().name())));
    }
    return all;
  }

  // Two zones with as many racks as their nodes need; neighbours by number are in different zones.
  private static List<NodeSpec> topology(int nodes) {
    return IntStream.range(0, nodes)
        .mapToObj(i ->
            new NodeSpec(
                "n" + (i + 1),
                ClusterNetwork.nodeAddress(i),
                REGION,
                "zone-" + (char) ('a' + i % 2),
                "rack-" + (i / NODES_PER_RACK + 1)))
        .toList();
  }
}
