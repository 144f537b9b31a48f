package io.mooring.autopilot.whatif;

import io.mooring.autopilot.decision.ResizeOrder;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * How large a volume would have been. What was written to it stays as recorded; its size is what
 * the replayed rules make of it:
 *
 * <ul>
 *   <li>A resize that was really asked for in the same way takes effect as it did.
 *   <li>Any other takes effect before the volume's next measurement.
 *   <li>Growth that the autopilot caused and the replayed rules did not is left out.
 *   <li>Growth that somebody else caused stays.
 * </ul>
 *
 * As long as nothing differs, measurements pass unchanged.
 */
final class CapacityModel {

  private final List<TakenResize> taken;
  private final Instant from;
  private final Set<UUID> followed = new HashSet<>();
  private long recordedBytes;
  private long modelledBytes;
  private long orderedBytes;
  private double fsShare;

  /**
   * @param taken resizes that were really asked for
   * @param from those that were asked for earlier are facts, whatever is replayed
   */
  CapacityModel(List<TakenResize> taken, Instant from) {
    this.taken = List.copyOf(taken);
    this.from = from;
  }

  /**
   * The replayed rules ask for a resize.
   *
   * @param effective whether it takes effect even if it was not really asked for
   * @return whether it was really asked for, in the same way
   */
  boolean order(ResizeOrder order, boolean effective) {
    boolean same =
        taken.stream()
            .anyMatch(resize ->
                resize.commandId().equals(order.commandId())
                    && resize.fromBytes() == order.fromBytes()
                    && resize.toBytes() == order.toBytes());
    if (same) {
      followed.add(order.commandId());
    } else if (effective) {
      orderedBytes = Math.max(orderedBytes, order.toBytes());
    }
    return same;
  }

  Set<UUID> followed() {
    return Set.copyOf(followed);
  }

  boolean follows(String commandId) {
    return followed.stream().anyMatch(id -> id.toString().equals(commandId));
  }

  /** Whether growth to a size that was recorded is a fact of the replay too. */
  boolean holds(long sizeBytes) {
    List<TakenResize> causes =
        taken.stream()
            .filter(resize -> !resize.at().isBefore(from))
            .filter(resize -> resize.fromBytes() < sizeBytes && sizeBytes <= resize.toBytes())
            .toList();
    return causes.isEmpty()
        || causes.stream().anyMatch(resize -> followed.contains(resize.commandId()));
  }

  /** Lets a resize that was not really made take effect; returns whether there was one. */
  boolean grow() {
    boolean grows = orderedBytes > modelledBytes;
    modelledBytes = Math.max(modelledBytes, orderedBytes);
    orderedBytes = 0;
    return grows;
  }

  /** What would have been measured. */
  UsageSample modelled(UsageSample recorded) {
    if (recordedBytes == 0) {
      modelledBytes = Math.max(modelledBytes, recorded.capacityBytes());
    }
    if (recorded.capacityBytes() > recordedBytes) {
      if (holds(recorded.capacityBytes())) {
        modelledBytes = Math.max(modelledBytes, recorded.capacityBytes());
      }
      recordedBytes = recorded.capacityBytes();
    }
    if (recorded.hasFileSystem()) {
      fsShare = Math.max(fsShare, recorded.fsSizeBytes() / (double) recorded.capacityBytes());
    }
    return hasDeparted() ? resized(recorded) : recorded;
  }

  private UsageSample resized(UsageSample recorded) {
    long fsSize = recorded.fsSizeBytes() < 0 ? -1 : (long) (modelledBytes * fsShare);
    double growth = modelledBytes / (double) recorded.capacityBytes();
    long inodes = recorded.inodesTotal() < 0 ? -1 : (long) (recorded.inodesTotal() * growth);
    return new UsageSample(
        recorded.at(),
        modelledBytes,
        fsSize,
        Math.min(recorded.fsUsedBytes(), fsSize),
        inodes,
        Math.min(recorded.inodesUsed(), inodes),
        recorded.allocatedBytes());
  }

  /** Whether the volume would have another size than it has. */
  boolean hasDeparted() {
    return modelledBytes != recordedBytes;
  }

  long modelledBytes() {
    return modelledBytes;
  }
}
