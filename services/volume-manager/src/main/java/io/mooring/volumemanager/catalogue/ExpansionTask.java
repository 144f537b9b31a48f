package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolEvent;
import io.mooring.volumemanager.catalogue.NodeProfile.PoolProfile;
import io.mooring.volumemanager.expansion.Drive;
import io.mooring.volumemanager.expansion.Expansion;
import io.mooring.volumemanager.expansion.ExpansionRefusals;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.PoolId;
import io.mooring.volumemanager.volume.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The newest expansion of each pool. Stores and records become visible in one transaction or not at
 * all, and a size is absolute: a command that is read again, or a state that an agent reads again,
 * grows nothing twice (I7).
 */
final class ExpansionTask {

  private final TaskOutput output;
  private final KeyValueStore<String, Expansion> expansions;
  private final ReadOnlyKeyValueStore<String, NodeProfile> nodes;

  ExpansionTask(
      TaskOutput output,
      KeyValueStore<String, Expansion> expansions,
      ReadOnlyKeyValueStore<String, NodeProfile> nodes) {
    this.output = output;
    this.expansions = expansions;
    this.nodes = nodes;
  }

  void command(PoolCommand command, ExpandPool wanted, Cause cause) {
    PoolId pool = new PoolId(new NodeId(wanted.getNodeId()), wanted.getPoolId());
    Expansion newest = expansions.get(pool.toString());
    if (newest != null && newest.order().command().equals(command.getIdempotencyKey())) {
      announce(ExpansionRecords.event(newest, output.now()), cause);
    } else if (command.getExpiresAt() != null && output.now().isAfter(command.getExpiresAt())) {
      reject(command, pool, PoolRefusals.expired(command.getExpiresAt()), cause);
    } else {
      begin(command, pool, wanted.getDriveBytes(), newest, cause);
    }
  }

  private void begin(
      PoolCommand command, PoolId pool, long toBytes, @Nullable Expansion newest, Cause cause) {
    Optional<PoolProfile> profile = profile(pool);
    Optional<Drive> drive = profile.flatMap(PoolProfile::growable);
    Optional<Rejection> refusal =
        newest != null && !newest.isOver()
            ? Optional.of(running(newest))
            : PoolRefusals.ofExpansion(profile, pool, toBytes);
    if (refusal.isPresent() || drive.isEmpty()) {
      reject(command, pool, refusal.orElseGet(() -> ExpansionRefusals.notGrowable(pool)), cause);
      return;
    }
    keep(
        Expansion.begun(
            pool,
            new Expansion.Order(
                command.getIdempotencyKey(),
                command.getRequestedBy(),
                drive.get().sizeBytes(),
                toBytes,
                drive.get().capacityBytes(),
                cause,
                output.now())));
  }

  private static Rejection running(Expansion newest) {
    return ExpansionRefusals.running(
        newest.pool(), newest.id(), newest.order().toBytes(), newest.progress().problem());
  }

  private Optional<PoolProfile> profile(PoolId pool) {
    return Optional.ofNullable(nodes.get(pool.node().value()))
        .flatMap(node -> node.pool(pool.name()));
  }

  /** Agents describe their pools again and again; what they say is looked at with each tick. */
  void timePassed() {
    for (Expansion expansion : all()) {
      if (!expansion.isOver()) {
        Expansion after = described(expansion);
        if (!after.equals(expansion)) {
          keep(after);
        }
      }
    }
  }

  private Expansion described(Expansion expansion) {
    PoolId pool = expansion.pool();
    Optional<PoolProfile> profile = profile(pool);
    if (profile.isEmpty()) {
      return expansion.hinderedBy(ExpansionRefusals.unknownPool(pool).toString(), output.now());
    }
    return profile
        .flatMap(PoolProfile::growable)
        .map(drive -> expansion.described(drive, output.now()))
        .orElseGet(() ->
            expansion.hinderedBy(ExpansionRefusals.notGrowable(pool).toString(), output.now()));
  }

  private List<Expansion> all() {
    List<Expansion> all = new ArrayList<>();
    try (KeyValueIterator<String, Expansion> entries = expansions.all()) {
      entries.forEachRemaining(entry -> all.add(entry.value));
    }
    return all;
  }

  private void keep(Expansion expansion) {
    Cause cause = expansion.order().cause();
    String key = expansion.pool().toString();
    expansions.put(key, expansion);
    output.forward(
        CatalogueTopology.EXPANSIONS_SINK, key, ExpansionRecords.state(expansion), cause);
    announce(ExpansionRecords.event(expansion, output.now()), cause);
  }

  private void reject(PoolCommand command, PoolId pool, Rejection why, Cause cause) {
    announce(
        PoolRecordWriter.rejected(pool.toString(), command.getIdempotencyKey(), why, output.now()),
        cause);
  }

  private void announce(PoolEvent event, Cause cause) {
    output.forward(CatalogueTopology.POOL_EVENTS_SINK, event.getSubject(), event, cause);
  }
}
