package io.mooring.migrator.kubernetes.resources;

import java.util.Optional;

/**
 * Whether a schedule is suspended, as its resource and the topic are to have it. What both had last
 * in common is known; whichever differs from it has changed, and the other one follows.
 *
 * @param topic what is to be kept
 * @param resource what {@code spec.suspend} is to be
 * @param agreed what both have in common now
 */
record Suspension(boolean topic, boolean resource, boolean agreed) {

  /**
   * Compares.
   *
   * @param wanted what the resource says
   * @param agreed what both had in common; empty if nobody knows
   * @param kept what the topic says; empty before the schedule is there
   */
  static Suspension of(boolean wanted, Optional<Boolean> agreed, Optional<Boolean> kept) {
    if (kept.isEmpty() || kept.get() == wanted) {
      return new Suspension(wanted, wanted, wanted);
    }
    // The two differ. Where nobody knows who has changed, a schedule that is suspended stays so.
    boolean common = agreed.orElse(false);
    return common == wanted
        ? new Suspension(kept.get(), kept.get(), common)
        : new Suspension(wanted, wanted, common);
  }
}
