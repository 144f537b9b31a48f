package io.mooring.volumeagent.node;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpansionPhase;
import io.mooring.schemas.PoolExpansion;
import io.mooring.volumeagent.control.StateListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Grows the drives of this node's pools as volume-manager has decided. The state names the size
 * that a drive becomes, so it does not matter how often or by which run of the agent it is read: a
 * drive grows once for each expansion (I7). What fails is tried again until the state says that the
 * expansion is over.
 */
public final class PoolExpander implements StateListener<PoolExpansion>, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PoolExpander.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final String nodeId;
  private final Map<String, GrowableDrive> drives = new HashMap<>();
  private final LongSupplier nanoTime;

  /** By pool; written by the follower of states. */
  private final Map<String, PoolExpansion> wanted = new ConcurrentHashMap<>();

  /** By pool; used by the growing thread only. */
  private final Map<String, Attempt> attempts = new HashMap<>();

  private @Nullable PeriodicThread thread;

  private record Attempt(String expansionId, boolean grown, long at) {}

  PoolExpander(String nodeId, List<PoolCanary> pools, LongSupplier nanoTime) {
    this.nodeId = nodeId;
    this.nanoTime = nanoTime;
    pools.forEach(pool -> pool.drive().ifPresent(drive -> drives.put(pool.pool().poolId(), drive)));
  }

  /** Starts growing what it hears of, on a thread of its own. */
  public static PoolExpander start(String nodeId, List<PoolCanary> pools) {
    PoolExpander expander = new PoolExpander(nodeId, pools, System::nanoTime);
    expander.thread = PeriodicThread.start("pool-expander", LOOK, expander::round);
    return expander;
  }

  /** Whether there is anything to grow on this node. */
  public boolean hasDrives() {
    return !drives.isEmpty();
  }

  @Override
  public void onReplay() {
    wanted.clear();
  }

  @Override
  public void onState(
      String key, @Nullable PoolExpansion expansion, @Nullable EventHeaders headers) {
    if (expansion == null) {
      wanted.values().removeIf(known -> key.equals(known.getNodeId() + "/" + known.getPoolId()));
    } else if (expansion.getNodeId().equals(nodeId)) {
      if (expansion.getPhase() == ExpansionPhase.IN_PROGRESS) {
        wanted.put(expansion.getPoolId(), expansion);
      } else {
        wanted.remove(expansion.getPoolId());
      }
    }
  }

  void round() {
    attempts.keySet().retainAll(wanted.keySet());
    wanted.forEach((pool, expansion) -> {
      GrowableDrive drive = drives.get(pool);
      if (drive != null && isDue(attempts.get(pool), expansion)) {
        boolean grown = drive.grow(expansion.getToBytes(), LIMIT);
        attempts.put(pool, new Attempt(expansion.getExpansionId(), grown, nanoTime.getAsLong()));
        tell(pool, expansion, grown, drive);
      }
    });
  }

  private boolean isDue(@Nullable Attempt last, PoolExpansion expansion) {
    return last == null
        || !last.expansionId().equals(expansion.getExpansionId())
        || !last.grown() && nanoTime.getAsLong() - last.at() >= RETRY.toNanos();
  }

  private static void tell(
      String pool, PoolExpansion expansion, boolean grown, GrowableDrive drive) {
    if (grown) {
      LOG.infof(
          "The drive of a pool has grown. pool=%s expansion=%s bytes=%d",
          pool, expansion.getExpansionId(), expansion.getToBytes());
    } else {
      LOG.errorf(
          "The drive of a pool has not grown; it is tried again. pool=%s expansion=%s problem=%s",
          pool, expansion.getExpansionId(), drive.problem());
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.close();
    }
  }
}
