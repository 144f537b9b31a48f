package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What every absent replica lacks, as this replica knows it.
 *
 * <p>A map is exact only for a replica that this one has seen next to itself in the in-sync set:
 * then it has received every change that the other one may lack, and those that are not stable are
 * still among the unstable blocks. In every other case the map is full, which costs a comparison
 * and never data.
 */
final class AbsenceMaps {
  private final ReplicaId self;
  private final TreeMap<ReplicaId, AbsenceMap> maps = new TreeMap<>();

  AbsenceMaps(ReplicaId self, Map<ReplicaId, ReplicaRecord.DirtyMap> records, BlockSet suspects) {
    this.self = self;
    records.forEach((absent, record) -> {
      AbsenceMap map = new AbsenceMap(record.full(), record.blocks().copy());
      map.add(suspects);
      maps.put(absent, map);
    });
  }

  void changed(int firstBlock, int lastBlock) {
    if (!maps.isEmpty()) {
      maps.values().forEach(map -> map.add(firstBlock, lastBlock));
    }
  }

  Optional<AbsenceMap> exactMapOf(ReplicaId absent) {
    return Optional.ofNullable(maps.get(absent)).filter(map -> !map.isFull());
  }

  /** Opens, fills and drops maps so that they fit {@code after}; says which have gone. */
  void follow(
      Membership before, Membership after, UnstableBlocks unstable, Consumer<ReplicaId> dropped) {
    for (ReplicaId listed : maps.keySet().stream().toList()) {
      if (!after.absent().contains(listed)) {
        maps.remove(listed);
        dropped.accept(listed);
      }
    }
    boolean member = after.isInSync(self);
    for (ReplicaId absent : after.absent()) {
      if (absent.equals(self)) {
        continue;
      }
      AbsenceMap map = maps.get(absent);
      if (map == null) {
        boolean sawItInSync = before.isInSync(self) && before.isInSync(absent);
        map = AbsenceMap.opened(!(member && sawItInSync));
        maps.put(absent, map);
      }
      if (member) {
        map.add(unstable.all());
      } else {
        map.fill();
      }
    }
  }

  /** Hands out every map that has changed since it was handed out last. */
  void save(Saver saver) {
    maps.forEach((absent, map) -> {
      if (map.isUnsaved()) {
        saver.save(absent, map.isFull(), map.takeUnsaved());
      }
    });
  }

  /** Receives one map's unsaved pages. */
  @FunctionalInterface
  interface Saver {
    void save(ReplicaId absent, boolean full, List<BlockSet.Page> pages);
  }
}
