package io.mooring.volumemanager.volume;

/**
 * The newest publication of a volume under which somebody could write, kept when it has ended, so
 * that a later look tells who may have written since an earlier one. Fencing raises the epoch and
 * publishes nothing, and a snapshot is only read: neither counts.
 *
 * @param epoch its epoch, 0 if there was none
 * @param purpose what for
 * @param others epoch of the newest one for anything else, 0 if there was none
 */
public record Publication(Epoch epoch, Purpose purpose, Epoch others) {

  /**
   * Of a volume that was kept before publications were: whoever had it under its epoch was anybody.
   */
  static Publication unknown(Epoch epoch) {
    return new Publication(epoch, Purpose.ORDINARY, epoch);
  }

  Publication followedBy(Epoch next, Purpose nextPurpose) {
    return new Publication(next, nextPurpose, newestForOthersThan(nextPurpose));
  }

  /** Whether nobody but who comes for this purpose had it after an epoch. */
  boolean isUntouchedSince(Epoch since, Purpose allowed) {
    return newestForOthersThan(allowed).value() <= since.value();
  }

  private Epoch newestForOthersThan(Purpose wanted) {
    return purpose.equals(wanted) && !wanted.isOrdinary() ? others : epoch;
  }
}
