package io.mooring.storage.replication;

/**
 * What a replica has granted: it obeys this run of the head and refuses every lower one (I2).
 * Ordered by epoch, then by session.
 */
public record Promise(Epoch epoch, Session session) implements Comparable<Promise> {
  public static final Promise NONE = new Promise(new Epoch(0), new Session(0));

  public static Promise of(long epoch, long session) {
    return new Promise(new Epoch(epoch), new Session(session));
  }

  /**
   * The promise of a replica that has learned of an epoch from the catalogue and of no run in it.
   */
  public static Promise ofEpoch(Epoch epoch) {
    return new Promise(epoch, new Session(0));
  }

  @Override
  public int compareTo(Promise other) {
    int byEpoch = epoch.compareTo(other.epoch);
    return byEpoch != 0 ? byEpoch : session.compareTo(other.session);
  }

  @Override
  public String toString() {
    return epoch + "." + session;
  }
}
