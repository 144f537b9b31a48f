package io.mooring.volumemanager.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.PoolPriority;
import io.mooring.volumemanager.placement.PoolCandidate.Location;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PlacementOutcome;
import io.mooring.volumemanager.volume.PlacementRequest;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.StorageParameters;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlacementTest {

  private static final long GIB = 1L << 30;
  private static final Location NOWHERE = new Location("", "", "");

  @Test
  void replicasLieOnDistinctNodesEvenIfOneNodeHasManyPools() {
    List<PoolCandidate> pools =
        List.of(pool("n1", "a"), pool("n1", "b"), pool("n1", "c"), pool("n2", "a"));

    assertThat(nodes(place(spec("repl", "2"), pools))).containsExactlyInAnyOrder("n1", "n2");
    assertThat(refusal(place(spec("repl", "3"), pools))).isEqualTo("VOL-014");
  }

  @Test
  void labelledZonesAndRacksAreSpreadAsFarAsTheyGo() {
    List<PoolCandidate> pools =
        List.of(
            at("n1", new Location("r", "z1", "k1")),
            at("n2", new Location("r", "z1", "k2")),
            at("n3", new Location("r", "z2", "k1")),
            at("n4", new Location("r", "z2", "k1")));

    for (String volume : List.of("a", "b", "c", "d", "e")) {
      List<String> two = nodes(place(volume, spec("repl", "2"), pools));
      assertThat(Set.of("n1", "n2").containsAll(two)).isFalse();
      assertThat(Set.of("n3", "n4").containsAll(two)).isFalse();
      // The third shares a zone in any case; in z1 there is another rack, in z2 there is not.
      List<String> three = nodes(place(volume, spec("repl", "3"), pools));
      assertThat(three).contains("n1", "n2");
    }
  }

  @Test
  void equalRackNamesInTwoZonesAreDifferentRacks() {
    List<PoolCandidate> pools =
        List.of(
            at("n1", new Location("", "z1", "k")),
            at("n2", new Location("", "z1", "k")),
            at("n3", new Location("", "z2", "k")));

    assertThat(nodes(place(spec("repl", "2"), pools))).contains("n3");
  }

  @Test
  void restrictionsAreKeptAndNamedWhenTheyAreTooNarrow() {
    List<PoolCandidate> pools =
        List.of(
            at("n1", new Location("", "", "rack1")),
            at("n2", new Location("", "", "rack2")),
            at("n3", new Location("", "", "rack3")));

    assertThat(nodes(place(spec("repl", "2", "racks", "rack1,rack2"), pools)))
        .containsExactlyInAnyOrder("n1", "n2");
    assertThat(nodes(place(spec("nodes", "n3"), pools))).containsExactly("n3");
    assertThat(refusal(place(spec("repl", "2", "racks", "rack1"), pools))).isEqualTo("VOL-016");
    assertThat(refusal(place(spec("zones", "elsewhere"), pools))).isEqualTo("VOL-016");
  }

  @Test
  void theWantedClassOfPoolIsAHint() {
    List<PoolCandidate> pools =
        List.of(
            new Pool("n1").priority(PoolPriority.LOW).build(),
            new Pool("n2").priority(PoolPriority.HIGH).build(),
            new Pool("n3").priority(PoolPriority.MEDIUM).build());

    assertThat(nodes(place(spec("priority_io", "high"), pools))).containsExactly("n2");
    assertThat(nodes(place(spec("priority_io", "high", "repl", "3"), pools)))
        .containsExactly("n2", "n3", "n1");
  }

  @Test
  void thePreferredNodeComesFirstIfItCanHoldAReplica() {
    List<PoolCandidate> pools =
        List.of(pool("n1", "a"), pool("n2", "a"), new Pool("n3").available(false).build());

    assertThat(nodes(choose("v", spec(), pools, Set.of(), "n2"))).containsExactly("n2");
    assertThat(nodes(choose("v", spec(), pools, Set.of(), "n3"))).doesNotContain("n3");
  }

  @Test
  void downNodesFullPoolsAndSmallPoolsTakeNothing() {
    PoolCandidate down = new Pool("n1").available(false).build();
    PoolCandidate full = new Pool("n2").free(GIB / 25).build();
    PoolCandidate small = new Pool("n3").capacity(GIB / 2).free(GIB / 2).build();

    assertThat(refusal(place(spec(), List.of(down)))).isEqualTo("VOL-014");
    assertThat(refusal(place(spec(), List.of(full)))).isEqualTo("VOL-013");
    assertThat(refusal(place(spec(), List.of(small, down)))).isEqualTo("VOL-010");
    assertThat(refusal(place(spec(), List.of()))).isEqualTo("VOL-014");
  }

  @Test
  void spaceIsProvisionedThinly() {
    PoolCandidate overcommitted = new Pool("n1").provisioned(100 * GIB).build();

    assertThat(nodes(place(spec(), List.of(overcommitted)))).containsExactly("n1");
  }

  @Test
  void groupsAreSpreadAndFgInsistsOnIt() {
    List<PoolCandidate> pools =
        List.of(
            new Pool("n1").group(1).build(),
            new Pool("n2").group(1).build(),
            new Pool("n3").provisioned(GIB).build());

    assertThat(nodes(place(spec("group", "g"), pools))).containsExactly("n3");
    assertThat(nodes(place(spec("group", "g", "fg", "true"), pools))).containsExactly("n3");
    assertThat(refusal(place(spec("group", "g", "fg", "true"), pools.subList(0, 2))))
        .isEqualTo("VOL-015");
  }

  @Test
  void aReplacementAvoidsNodesAndZonesThatHaveAReplica() {
    List<PoolCandidate> pools =
        List.of(
            at("n1", new Location("", "z1", "")),
            at("n2", new Location("", "z1", "")),
            at("n3", new Location("", "z2", "")));

    PlacementOutcome outcome = choose("v", spec(), pools, Set.of(new NodeId("n1")), null);

    assertThat(nodes(outcome)).containsExactly("n3");
  }

  @Test
  void fiftyVolumesAreSpreadEvenly() {
    Map<String, Long> provisioned = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      List<PoolCandidate> pools = new ArrayList<>();
      for (int n = 1; n <= 5; n++) {
        String node = "n" + n;
        pools.add(new Pool(node).provisioned(provisioned.getOrDefault(node, 0L)).build());
      }
      nodes(place("volume-" + i, spec("repl", "2"), pools))
          .forEach(node -> provisioned.merge(node, GIB, Long::sum));
    }

    assertThat(provisioned.values()).allMatch(bytes -> bytes == 20 * GIB);
  }

  @Test
  void aReplicaDoesNotOutgrowItsPool() {
    assertThat(Placement.refuseSize(pool("n1", "a"), GIB)).isEmpty();
    assertThat(Placement.refuseSize(pool("n1", "a"), 20 * GIB).orElseThrow().code())
        .isEqualTo("VOL-010");
    assertThat(Placement.refuseSize(new Pool("n1").free(0).build(), GIB).orElseThrow().code())
        .isEqualTo("VOL-013");
  }

  /** A pool of 1.5 GiB, empty, of class high, anywhere, that is there. */
  private static final class Pool {
    private final String node;
    private String name = "a";
    private Location location = NOWHERE;
    private PoolPriority priority = PoolPriority.HIGH;
    private long capacity = 3 * GIB / 2;
    private long free = 3 * GIB / 2;
    private long provisioned;
    private int group;
    private boolean available = true;

    Pool(String node) {
      this.node = node;
    }

    Pool name(String value) {
      name = value;
      return this;
    }

    Pool location(Location value) {
      location = value;
      return this;
    }

    Pool priority(PoolPriority value) {
      priority = value;
      return this;
    }

    Pool capacity(long value) {
      capacity = value;
      return this;
    }

    Pool free(long value) {
      free = value;
      return this;
    }

    Pool provisioned(long value) {
      provisioned = value;
      return this;
    }

    Pool group(int value) {
      group = value;
      return this;
    }

    Pool available(boolean value) {
      available = value;
      return this;
    }

    PoolCandidate build() {
      return new PoolCandidate(
          new PoolId(new NodeId(node), name),
          location,
          priority,
          capacity,
          free,
          provisioned,
          group,
          available);
    }
  }

  private static PoolCandidate pool(String node, String name) {
    return new Pool(node).name(name).build();
  }

  private static PoolCandidate at(String node, Location location) {
    return new Pool(node).location(location).build();
  }

  private static VolumeSpec spec(String... parameters) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      given.put(parameters[i], parameters[i + 1]);
    }
    return ((StorageParameters.Outcome.Valid) StorageParameters.parse(given)).spec();
  }

  private static PlacementOutcome place(VolumeSpec spec, List<PoolCandidate> pools) {
    return place("v", spec, pools);
  }

  private static PlacementOutcome place(String volume, VolumeSpec spec, List<PoolCandidate> pools) {
    return choose(volume, spec, pools, Set.of(), null);
  }

  private static PlacementOutcome choose(
      String volume,
      VolumeSpec spec,
      List<PoolCandidate> pools,
      Set<NodeId> occupied,
      @Nullable String wanted) {
    return Placement.choose(
        new PlacementRequest(
            VolumeId.ofName(volume),
            spec,
            GIB,
            spec.repl(),
            occupied,
            wanted == null ? null : new NodeId(wanted)),
        pools);
  }

  private static List<String> nodes(PlacementOutcome outcome) {
    return ((PlacementOutcome.Placed) outcome)
        .pools().stream().map(pool -> pool.node().value()).toList();
  }

  private static String refusal(PlacementOutcome outcome) {
    return ((PlacementOutcome.Impossible) outcome).reason().code();
  }
}
