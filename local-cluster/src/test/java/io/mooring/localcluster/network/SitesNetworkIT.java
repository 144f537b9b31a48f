package io.mooring.localcluster.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.localcluster.process.HostCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two clusters with the same addresses inside, and the network between them. */
@Timeout(60)
class SitesNetworkIT {

  private final String east = "it" + ProcessHandle.current().pid() + "e";
  private final String west = "it" + ProcessHandle.current().pid() + "w";
  private final ClusterNetwork eastNetwork = new ClusterNetwork(east);
  private final ClusterNetwork westNetwork = new ClusterNetwork(west);
  private final SitesNetwork owner = new SitesNetwork(east, east);
  private final SitesNetwork guest = new SitesNetwork(east, west);

  @BeforeEach
  void start() throws InterruptedException {
    assumeThat(System.getProperty("user.name")).as("namespaces need root").isEqualTo("root");
    eastNetwork.create();
    westNetwork.create();
  }

  @AfterEach
  void stop() throws InterruptedException {
    owner.delete();
    for (ClusterNetwork network : new ClusterNetwork[] {eastNetwork, westNetwork}) {
      network.delete();
      HostCommand.run("ip", "netns", "del", network.controlNamespace());
    }
  }

  @Test
  void clustersWithTheSameAddressesReachEachOtherAndTheStore() throws InterruptedException {
    owner.create();

    assertThat(owner.join()).isEqualTo("10.78.0.2");
    assertThat(guest.join()).isEqualTo("10.78.0.3");

    assertThat(routes(west)).contains("10.77.0.0/16", "10.78.0.0/24");
    ping(west, "10.78.0.2");
    ping(west, SitesNetwork.STORE_ADDRESS);
    ping(east, "10.78.0.3");
  }

  @Test
  void aSiteThatLeavesGivesItsAddressBackAndTheOwnerLeavesNothing() throws InterruptedException {
    owner.create();
    owner.join();
    guest.join();

    guest.leave();
    assertThat(routes(west)).doesNotContain("10.78.0.0/24");
    assertThat(guest.join()).isEqualTo("10.78.0.3");

    owner.delete();
    assertThat(HostCommand.run("ip", "netns", "list")).doesNotContain(owner.namespace());
    assertThat(routes(east)).doesNotContain("10.78.0.0/24");
    guest.leave();
  }

  @Test
  void aStoreThatIsNotThereIsTold() {
    assertThatThrownBy(guest::join)
        .hasMessageStartingWith("LCL-044")
        .hasMessageContaining("--name " + east);
  }

  private static String routes(String cluster) throws InterruptedException {
    return HostCommand.run("ip", "-n", cluster + "-cp", "route");
  }

  private static void ping(String cluster, String address) throws InterruptedException {
    HostCommand.run(
        "nsenter", "--net=/run/netns/" + cluster + "-cp", "bash", "-c", PROBE.formatted(address));
  }

  // There is no ping on small machines; a refused connection comes from a kernel that was reached.
  private static final String PROBE =
      "timeout 5 bash -c 'exec 3<>/dev/tcp/%s/9' 2>&1 | grep -q refused";
}
