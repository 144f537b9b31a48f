package io.mooring.localcluster.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalitySchedulerTest {

  private static final PodIdentity POD = new PodIdentity("broker", 0);

  private final LocalityScheduler scheduler = new LocalityScheduler();

  @ParameterizedTest
  @CsvSource({
    "eu, z1, r1, same,  100",
    "eu, z1, r1, other,  50",
    "eu, z1, r2, other,  25",
    "eu, z2, r1, other,  10",
    "us, z1, r1, other,   5",
    "'', z1, r1, other,   5",
    "eu, '', '', other,  10"
  })
  void scoresByTheNearestPlaceThatIsShared(
      String region, String zone, String rack, String which, int score) {
    NodeSite replica = new NodeSite("same", "eu", "z1", "r1", true);
    NodeSite candidate = new NodeSite(which, region, zone, rack, true);

    assertThat(scheduler.score(candidate, List.of(replica))).isEqualTo(score);
  }

  @Test
  void labelsThatAreMissingEverywhereAreNotShared() {
    NodeSite replica = new NodeSite("a", "", "", "", true);
    NodeSite candidate = new NodeSite("b", "", "", "", true);

    assertThat(scheduler.score(candidate, List.of(replica))).isEqualTo(LocalityScheduler.OTHER);
  }

  @Test
  void theBestOfSeveralReplicasCounts() {
    List<NodeSite> replicas =
        List.of(
            new NodeSite("a", "us", "z1", "r1", true), new NodeSite("b", "eu", "z1", "r9", true));

    assertThat(scheduler.score(new NodeSite("c", "eu", "z1", "r1", true), replicas))
        .isEqualTo(LocalityScheduler.ZONE);
  }

  @Test
  void aPodGoesToTheReplicaThatIsUp() {
    List<NodeSite> sites = List.of(site("a", false), site("b", true), site("c", true));

    assertThat(scheduler.place(POD, Set.of("a", "c"), sites, Map.of())).contains("c");
  }

  @Test
  void amongReplicasTheOneWithFewestPodsOfTheSetWinsThenTheLeastLoaded() {
    List<NodeSite> sites = List.of(site("a", true), site("b", true), site("c", true));
    PodIdentity sibling = new PodIdentity("broker", 1);
    PodIdentity stranger = new PodIdentity("controller", 0);

    assertThat(scheduler.place(POD, Set.of("a", "b"), sites, Map.of(sibling, "a"))).contains("b");
    assertThat(scheduler.place(POD, Set.of("a", "b"), sites, Map.of(stranger, "a"))).contains("b");
    assertThat(scheduler.place(POD, Set.of("a", "b"), sites, Map.of(sibling, "b", stranger, "a")))
        .contains("a");
  }

  @Test
  void localityBeatsSpreading() {
    List<NodeSite> sites = List.of(site("a", true), site("b", true));

    assertThat(scheduler.place(POD, Set.of("a"), sites, Map.of(new PodIdentity("broker", 1), "a")))
        .contains("a");
  }

  @Test
  void aPodWithoutAnyReplicaThatIsUpWaits() {
    assertThat(
            scheduler.place(POD, Set.of("a"), List.of(site("a", false), site("b", true)), Map.of()))
        .isEmpty();
    assertThat(scheduler.place(POD, Set.of(), List.of(site("b", true)), Map.of())).isEmpty();
  }

  private static NodeSite site(String name, boolean up) {
    return new NodeSite(name, "eu", "z1", "rack-of-" + name, up);
  }
}
