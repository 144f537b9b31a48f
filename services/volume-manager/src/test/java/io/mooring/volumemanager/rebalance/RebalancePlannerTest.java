package io.mooring.volumemanager.rebalance;

import static io.mooring.volumemanager.rebalance.RandomCluster.GIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.PoolPriority;
import io.mooring.volumemanager.placement.PoolCandidate;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RebalancePlannerTest {

  private static final int CLUSTERS_PER_SEED = 100;

  @Test
  void fourVolumesOnOneNodeAreSpreadOverFour() {
    List<PoolCandidate> pools = List.of(pool("n1"), pool("n2"), pool("n3"), pool("n4"));
    List<VolumeOutline> volumes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      volumes.add(volume("v" + i, 10, Map.of("repl", "1"), "n1", "n1"));
    }

    RebalancePlan plan = RebalancePlanner.plan(pools, volumes, 1);

    assertThat(plan.deviationBefore()).isEqualTo(30);
    assertThat(plan.deviationAfter()).isZero();
    assertThat(plan.moves()).hasSize(3);
    assertThat(plan.moves())
        .extracting(move -> move.to().node().value())
        .containsExactlyInAnyOrder("n2", "n3", "n4");
  }

  @Test
  void poolsWithinTheThresholdAreLeftAlone() {
    List<PoolCandidate> pools = List.of(pool("n1"), pool("n2"));
    List<VolumeOutline> volumes = List.of(volume("v", 10, Map.of("repl", "1"), "n1", "n1"));

    assertThat(RebalancePlanner.plan(pools, volumes, 5).moves()).isEmpty();
    assertThat(RebalancePlanner.plan(pools, volumes, 4.9).moves())
        .as("moving the only volume would only turn the difference round")
        .isEmpty();
  }

  @Test
  void theReplicaBesideTheWriterStaysIfAnotherOneWillDo() {
    List<PoolCandidate> pools = List.of(pool("n1"), pool("n2"), pool("n3"), pool("n4"));
    List<VolumeOutline> volumes =
        List.of(
            volume("a", 10, Map.of("repl", "2"), "n1", "n1", "n2"),
            volume("b", 10, Map.of("repl", "2"), "n2", "n1", "n2"));

    RebalancePlan plan = RebalancePlanner.plan(pools, volumes, 1);

    assertThat(plan.moves()).hasSize(2);
    assertThat(plan.moves())
        .allSatisfy(move -> {
          String writer = move.name().equals("a") ? "n1" : "n2";
          assertThat(move.from().node().value()).isNotEqualTo(writer);
        });
  }

  @Test
  void volumesThatNobodyUsesStayAndAreCounted() {
    List<PoolCandidate> pools = List.of(pool("n1"), pool("n2"));
    List<VolumeOutline> volumes =
        List.of(
            volume("a", 10, Map.of("repl", "1"), null, "n1"),
            volume("b", 10, Map.of("repl", "1"), null, "n1"));

    RebalancePlan plan = RebalancePlanner.plan(pools, volumes, 1);

    assertThat(plan.moves()).isEmpty();
    assertThat(plan.notMovable()).isEqualTo(2);
  }

  @Test
  void aPoolOutOfServiceNeitherGivesNorTakesNorCounts() {
    PoolCandidate down =
        new PoolCandidate(
            id("n3"), place("z"), PoolPriority.LOW, 100 * GIB, 100 * GIB, 0, 0, false);
    List<VolumeOutline> volumes =
        List.of(
            volume("a", 10, Map.of("repl", "1"), "n1", "n1"),
            volume("b", 10, Map.of("repl", "1"), "n2", "n2"));

    RebalancePlan plan = RebalancePlanner.plan(List.of(pool("n1"), pool("n2"), down), volumes, 1);

    assertThat(plan.deviationBefore()).isZero();
    assertThat(plan.moves()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyMoveMakesItBetterAndKeepsWhatPlacementDemands(long seed) {
    int moved = 0;
    for (int i = 0; i < CLUSTERS_PER_SEED; i++) {
      RandomCluster cluster = new RandomCluster(seed * 1000 + i);
      RebalancePlan plan = RebalancePlanner.plan(cluster.pools, cluster.volumes, 2);
      moved += plan.moves().size();
      check(seed * 1000 + i, cluster, plan);
      assertThat(RebalancePlanner.plan(cluster.pools, cluster.volumes, 2))
          .as("seed %d: the same cluster gives the same plan", seed * 1000 + i)
          .isEqualTo(plan);
    }
    assertThat(moved).as("the clusters are out of balance").isGreaterThan(CLUSTERS_PER_SEED);
  }

  /** Does the moves one by one and judges each by its own rules, not by the planner's. */
  private static void check(long seed, RandomCluster cluster, RebalancePlan plan) {
    Map<PoolId, PoolCandidate> pools = new HashMap<>();
    cluster.pools.forEach(pool -> pools.put(pool.pool(), pool));
    Map<VolumeId, VolumeOutline> volumes = new HashMap<>();
    Map<VolumeId, List<PoolId>> held = new HashMap<>();
    for (VolumeOutline volume : cluster.volumes) {
      volumes.put(volume.id(), volume);
      held.put(
          volume.id(),
          new ArrayList<>(volume.members().stream().map(VolumeOutline.Member::pool).toList()));
    }
    double worst = largestDeviation(pools, volumes, held);
    assertThat(plan.deviationBefore()).as("seed %d", seed).isEqualTo(worst);
    for (PlannedMove move : plan.moves()) {
      VolumeOutline volume = volumes.get(move.volume());
      PoolCandidate from = pools.get(move.from());
      PoolCandidate to = pools.get(move.to());
      List<PoolId> before = List.copyOf(held.get(move.volume()));
      int groupBefore = inGroup(volume, move.from().node(), volumes, held);
      assertThat(volume.holder()).as("seed %d %s", seed, move).isNotNull();
      assertThat(to.available()).isTrue();
      assertThat(
              volume
                  .spec()
                  .places()
                  .allow(move.to().node().value(), to.location().rack(), to.location().zone()))
          .as("seed %d %s", seed, move)
          .isTrue();

      assertThat(held.get(move.volume()).remove(move.from())).as("seed %d %s", seed, move).isTrue();
      held.get(move.volume()).add(move.to());

      List<PoolId> after = held.get(move.volume());
      assertThat(after).extracting(PoolId::node).as("one replica a node").doesNotHaveDuplicates();
      assertThat(zones(after, pools)).hasSizeGreaterThanOrEqualTo(zones(before, pools).size());
      if (!volume.spec().grouping().group().isEmpty()) {
        assertThat(inGroup(volume, move.to().node(), volumes, held))
            .as("seed %d %s", seed, move)
            .isLessThanOrEqualTo(groupBefore);
      }
      assertThat(distance(volume, to)).isLessThanOrEqualTo(distance(volume, from));
      double now = largestDeviation(pools, volumes, held);
      assertThat(now).as("seed %d %s", seed, move).isLessThanOrEqualTo(worst + 1e-9);
      worst = now;
    }
    assertThat(plan.deviationAfter()).as("seed %d", seed).isEqualTo(worst);
  }

  private static int distance(VolumeOutline volume, PoolCandidate pool) {
    return Math.abs(volume.spec().priorityIo().ordinal() - pool.priority().ordinal());
  }

  private static Set<String> zones(List<PoolId> held, Map<PoolId, PoolCandidate> pools) {
    Set<String> zones = new HashSet<>();
    held.forEach(pool -> zones.add(pools.get(pool).location().zone()));
    return zones;
  }

  private static int inGroup(
      VolumeOutline of,
      NodeId node,
      Map<VolumeId, VolumeOutline> volumes,
      Map<VolumeId, List<PoolId>> held) {
    Function<VolumeOutline, String> group = volume -> volume.spec().grouping().group();
    return (int)
        volumes.values().stream()
            .filter(volume -> group.apply(volume).equals(group.apply(of)))
            .flatMap(volume -> held.get(volume.id()).stream())
            .filter(pool -> pool.node().equals(node))
            .count();
  }

  private static double largestDeviation(
      Map<PoolId, PoolCandidate> pools,
      Map<VolumeId, VolumeOutline> volumes,
      Map<VolumeId, List<PoolId>> held) {
    Map<PoolId, Long> provisioned = new HashMap<>();
    held.forEach((id, at) ->
        at.forEach(pool -> provisioned.merge(pool, volumes.get(id).sizeBytes(), Long::sum)));
    List<PoolCandidate> counted = pools.values().stream().filter(PoolCandidate::available).toList();
    double mean =
        100.0
            * counted.stream().mapToLong(p -> provisioned.getOrDefault(p.pool(), 0L)).sum()
            / counted.stream().mapToLong(PoolCandidate::capacityBytes).sum();
    return counted.stream()
        .mapToDouble(p ->
            Math.abs(100.0 * provisioned.getOrDefault(p.pool(), 0L) / p.capacityBytes() - mean))
        .max()
        .orElse(0);
  }

  private static PoolCandidate pool(String node) {
    return new PoolCandidate(
        id(node), place("z"), PoolPriority.LOW, 100 * GIB, 100 * GIB, 0, 0, true);
  }

  private static PoolCandidate.Location place(String zone) {
    return new PoolCandidate.Location("r", zone, "");
  }

  private static PoolId id(String node) {
    return new PoolId(new NodeId(node), "p");
  }

  private static VolumeOutline volume(
      String name, long gib, Map<String, String> parameters, String holder, String... nodes) {
    VolumeSpec spec = RandomCluster.spec(parameters);
    List<VolumeOutline.Member> members = new ArrayList<>();
    for (String node : nodes) {
      members.add(RandomCluster.member(members.size() + 1, id(node)));
    }
    return new VolumeOutline(
        VolumeId.ofName(name),
        name,
        gib * GIB,
        spec,
        holder == null ? null : new NodeId(holder),
        RandomCluster.STANDING,
        members);
  }
}
