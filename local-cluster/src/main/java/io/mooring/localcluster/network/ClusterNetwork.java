package io.mooring.localcluster.network;

import io.mooring.localcluster.process.HostCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Bridge, links and addresses of one cluster. Addresses repeat from cluster to cluster without
 * harm, because no two clusters share a bridge.
 *
 * <p>A pod has an address of its own, which moves with it from node to node. So a broker keeps its
 * advertised address and a controller its place in the quorum, as behind a headless service.
 */
public final class ClusterNetwork {

  /** Address of the control plane. */
  public static final String CONTROL_ADDRESS = "10.77.0.1";

  private static final String BRIDGE = "br0";
  private static final String CONTROL = "cp";
  private static final int FIRST_NODE = 11;

  private final String cluster;
  // Guarded by this: which node has which pod addresses, in order to give them back.
  private final TreeMap<String, String> nodeOfPodAddress = new TreeMap<>();
  private final List<String> nodes = new ArrayList<>();

  public ClusterNetwork(String cluster) {
    this.cluster = cluster;
  }

  /** Name of the namespace in which the control plane and this process run. */
  public String controlNamespace() {
    return namespace(CONTROL);
  }

  /** Name of a node's namespace. */
  public String namespace(String node) {
    return cluster + "-" + node;
  }

  /** Address of the {@code index}-th node, from 0. */
  public static String nodeAddress(int index) {
    return "10.77.0." + (FIRST_NODE + index);
  }

  /** Makes the bridge and joins the control plane to it. */
  public synchronized void create() throws InterruptedException {
    HostCommand.run("ip", "netns", "add", namespace("net"));
    if (!exists(controlNamespace())) {
      HostCommand.run("ip", "netns", "add", controlNamespace());
    }
    inBridgeNamespace("link set lo up", "link add " + BRIDGE + " type bridge", "link set br0 up");
    join(CONTROL, CONTROL_ADDRESS);
  }

  /** Makes a node's namespace and joins it to the bridge. */
  public synchronized void addNode(String node, String address) throws InterruptedException {
    HostCommand.run("ip", "netns", "add", namespace(node));
    join(node, address);
    nodes.add(node);
  }

  /** Cuts a node off: nothing leaves or reaches it, and nobody is told. */
  public void cut(String node) throws InterruptedException {
    inBridgeNamespace("link set " + node + " down");
  }

  /** Joins a node that was cut off. */
  public void heal(String node) throws InterruptedException {
    inBridgeNamespace("link set " + node + " up");
  }

  /** True unless the node is cut off. */
  public boolean isJoined(String node) throws InterruptedException {
    return HostCommand.run("ip", "-n", namespace("net"), "-o", "link", "show", node)
        .contains(",UP");
  }

  /**
   * Gives a pod's address to a node, takes it from the node that had it if that one is there to
   * answer for it, and makes everyone forget where it was before.
   */
  public synchronized void assignPodAddress(String address, String node)
      throws InterruptedException {
    String before = nodeOfPodAddress.put(address, node);
    if (before != null && !before.equals(node) && isJoined(before)) {
      dropForeignAddresses(before);
    }
    in(namespace(node), "addr replace " + address + "/32 dev eth0");
    for (String other : Stream.concat(Stream.of(CONTROL), nodes.stream()).toList()) {
      in(namespace(other), "neigh flush to " + address);
    }
  }

  /**
   * Takes from a node every pod address that is not its own any more. To be called before a node
   * that was away is joined again, or two nodes would answer for one address.
   */
  public synchronized void dropForeignAddresses(String node) throws InterruptedException {
    String held = HostCommand.run("ip", "-n", namespace(node), "-o", "-4", "addr", "show", "eth0");
    for (String address :
        held.lines().map(line -> line.split("\\s+")[3]).filter(a -> a.endsWith("/32")).toList()) {
      String bare = address.substring(0, address.indexOf('/'));
      if (!node.equals(nodeOfPodAddress.get(bare))) {
        in(namespace(node), "addr del " + address + " dev eth0");
      }
    }
  }

  /** Removes the namespaces of the nodes and the bridge; the control plane's is its maker's. */
  public synchronized void delete() throws InterruptedException {
    if (!exists(namespace("net"))) {
      return;
    }
    // The link goes at once, a namespace only in its own time, and the control plane's stays.
    inBridgeNamespace("link del " + CONTROL);
    for (String node : nodes) {
      HostCommand.run("ip", "netns", "del", namespace(node));
    }
    nodes.clear();
    nodeOfPodAddress.clear();
    HostCommand.run("ip", "netns", "del", namespace("net"));
  }

  private void join(String port, String address) throws InterruptedException {
    inBridgeNamespace(
        "link add " + port + " type veth peer name eth0 netns " + namespace(port),
        "link set " + port + " master " + BRIDGE + " up");
    in(
        namespace(port),
        "link set lo up",
        "addr add " + address + "/16 dev eth0",
        "link set eth0 up");
  }

  private void inBridgeNamespace(String... commands) throws InterruptedException {
    in(namespace("net"), commands);
  }

  private static void in(String namespace, String... commands) throws InterruptedException {
    HostCommand.run(
        Stream.of(commands).collect(Collectors.joining("\n", "", "\n")),
        List.of("ip", "-n", namespace, "-batch", "-"));
  }

  static boolean exists(String namespace) throws InterruptedException {
    return HostCommand.run("ip", "netns", "list")
        .lines()
        .anyMatch(line -> line.split(" ")[0].equals(namespace));
  }
}
