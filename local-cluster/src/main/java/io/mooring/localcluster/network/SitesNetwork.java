package io.mooring.localcluster.network;

import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.process.HostCommand;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The network between clusters, of which each is a site. Clusters have the same addresses inside;
 * here each control plane has one of its own, and the object store is here, in none of them. It
 * belongs to the cluster that made it and goes with that one.
 */
public final class SitesNetwork {

  /** Address of the object store. */
  public static final String STORE_ADDRESS = "10.78.0.1";

  private static final String SUBNET = "10.78.0.";
  private static final String BRIDGE = "br0";
  private static final String DEVICE = "sites0";
  private static final int FIRST_SITE = 2;
  private static final int SITES_MAX = 16;

  private final String owner;
  private final String cluster;

  /**
   * Names the network.
   *
   * @param owner cluster that makes it
   * @param cluster cluster that is to be a site of it; it may be the same one
   */
  public SitesNetwork(String owner, String cluster) {
    this.owner = owner;
    this.cluster = cluster;
  }

  /** Name of the namespace that holds the bridge and the object store. */
  public String namespace() {
    return owner + "-sites";
  }

  /** Makes the network. */
  public void create() throws InterruptedException {
    HostCommand.run("ip", "netns", "add", namespace());
    in(
        namespace(),
        "link set lo up",
        "link add " + BRIDGE + " type bridge",
        "addr add " + STORE_ADDRESS + "/24 dev " + BRIDGE,
        "link set " + BRIDGE + " up");
  }

  /** Joins the control plane of the cluster, and returns its address between the sites. */
  public String join() throws InterruptedException {
    if (!ClusterNetwork.exists(namespace())) {
      throw new LocalClusterException(
          "LCL-044",
          "Cluster '" + cluster + "' cannot use the object store of '" + owner + "'",
          "there is no running cluster '" + owner + "' with an object store",
          "Start that one first, with './mooring up --migration --name " + owner + "'");
    }
    String control = new ClusterNetwork(cluster).controlNamespace();
    for (int site = FIRST_SITE; site < FIRST_SITE + SITES_MAX; site++) {
      if (connect("site" + site, control)) {
        String address = SUBNET + site;
        in(control, "addr add " + address + "/24 dev " + DEVICE, "link set " + DEVICE + " up");
        return address;
      }
    }
    throw new LocalClusterException(
        "LCL-044",
        "Cluster '" + cluster + "' cannot use the object store of '" + owner + "'",
        SITES_MAX + " clusters use it already",
        "Stop one of them");
  }

  /** Takes the cluster off the network. */
  public void leave() throws InterruptedException {
    String control = new ClusterNetwork(cluster).controlNamespace();
    if (HostCommand.run("ip", "-n", control, "-o", "link", "show").contains(" " + DEVICE + "@")) {
      in(control, "link del " + DEVICE);
    }
  }

  /** Removes the network, and every site's link with it. */
  public void delete() throws InterruptedException {
    if (ClusterNetwork.exists(namespace())) {
      // The links go at once, the namespace only in its own time.
      leave();
      HostCommand.run("ip", "netns", "del", namespace());
    }
  }

  /** Command that runs another one where the object store is. */
  public List<String> storeDoor() {
    return List.of("nsenter", "--net=/run/netns/" + namespace(), "--");
  }

  // The name of the link can be taken once only, whoever else joins at the same moment.
  private boolean connect(String port, String control) throws InterruptedException {
    if (HostCommand.run("ip", "-n", namespace(), "-o", "link", "show").contains(" " + port + "@")) {
      return false;
    }
    in(
        namespace(),
        "link add " + port + " type veth peer name " + DEVICE + " netns " + control,
        "link set " + port + " master " + BRIDGE + " up");
    return true;
  }

  private static void in(String namespace, String... commands) throws InterruptedException {
    HostCommand.run(
        Stream.of(commands).collect(Collectors.joining("\n", "", "\n")),
        List.of("ip", "-n", namespace, "-batch", "-"));
  }
}
