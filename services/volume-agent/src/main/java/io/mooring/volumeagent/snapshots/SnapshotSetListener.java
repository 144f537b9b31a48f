package io.mooring.volumeagent.snapshots;

/** Hears what becomes of snapshot sets. Called by one thread; must not block. */
interface SnapshotSetListener {

  /** A set has a new state. */
  void onSet(KnownSet set);

  /** A set does not exist any more. */
  void onGone(KnownSet last);
}
