package io.mooring.volumemanager.rebalance;

import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.VolumePhase;
import io.mooring.volumemanager.placement.PoolCandidate;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.StorageParameters;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Nodes in zones and racks, and volumes that lie badly on them but as their parameters demand. */
final class RandomCluster {

  static final long GIB = 1L << 30;

  final List<PoolCandidate> pools = new ArrayList<>();
  final List<VolumeOutline> volumes = new ArrayList<>();
  private final Random random;

  RandomCluster(long seed) {
    random = new Random(seed);
    int nodes = 3 + random.nextInt(8);
    for (int i = 0; i < nodes; i++) {
      String zone = "z" + i % (1 + random.nextInt(3));
      String rack = "k" + random.nextInt(3);
      for (int p = 0; p <= random.nextInt(2); p++) {
        pools.add(pool("n" + i, "p" + p, zone, rack));
      }
    }
    int count = random.nextInt(60);
    for (int i = 0; i < count; i++) {
      place("v" + i);
    }
  }

  private PoolCandidate pool(String node, String name, String zone, String rack) {
    long capacity = (50 + random.nextInt(200)) * GIB;
    return new PoolCandidate(
        new PoolId(new NodeId(node), name),
        new PoolCandidate.Location("r", zone, rack),
        PoolPriority.values()[random.nextInt(3)],
        capacity,
        capacity / 2,
        0,
        0,
        random.nextInt(20) > 0);
  }

  /** Prefers the first nodes, so that the cluster is out of balance. */
  private void place(String name) {
    int repl = 1 + random.nextInt(3);
    Map<String, String> parameters = new HashMap<>();
    parameters.put("repl", Integer.toString(repl));
    switch (random.nextInt(6)) {
      case 0 -> parameters.put("zones", "z0,z1");
      case 1 -> parameters.put("racks", "k0,k1");
      case 2 -> parameters.put("group", "g" + random.nextInt(3));
      case 3 -> parameters.put("priority_io", "high");
      default -> {}
    }
    VolumeSpec spec = spec(parameters);
    List<PoolCandidate> order = new ArrayList<>(pools.subList(0, pools.size() / 2 + 1));
    Collections.shuffle(order, random);
    order.addAll(pools.subList(pools.size() / 2 + 1, pools.size()));
    List<VolumeOutline.Member> members = new ArrayList<>();
    for (PoolCandidate pool : order) {
      boolean allowed =
          pool.available()
              && spec.places()
                  .allow(
                      pool.pool().node().value(), pool.location().rack(), pool.location().zone());
      boolean taken = members.stream().anyMatch(m -> m.pool().node().equals(pool.pool().node()));
      if (allowed && !taken && members.size() < repl) {
        members.add(member(members.size() + 1, pool.pool()));
      }
    }
    if (members.size() == repl) {
      boolean inUse = random.nextInt(10) > 0;
      NodeId holder = inUse ? members.getFirst().pool().node() : null;
      volumes.add(
          new VolumeOutline(
              VolumeId.ofName(name),
              name,
              (1 + random.nextInt(30)) * GIB,
              spec,
              holder,
              STANDING,
              members));
    }
  }

  /** No task; rebalances look at nothing else of it. */
  static final VolumeOutline.Standing STANDING =
      new VolumeOutline.Standing(VolumePhase.PUBLISHED, 1, null, false);

  static VolumeOutline.Member member(int number, PoolId pool) {
    return new VolumeOutline.Member(new ReplicaId("r" + number), pool, ReplicaRole.IN_SYNC, null);
  }

  static VolumeSpec spec(Map<String, String> parameters) {
    return switch (StorageParameters.parse(parameters)) {
      case StorageParameters.Outcome.Valid(VolumeSpec spec) -> spec;
      case StorageParameters.Outcome.Invalid invalid -> throw new AssertionError(invalid);
    };
  }
}
