package io.mooring.storage.simulation;

/** Numbers submissions of writes, over all volumes of a run: which came before which. */
final class Orders {
  private long last;

  long next() {
    return ++last;
  }

  /** Whatever is submitted from now on has a higher number. */
  long now() {
    return last;
  }
}
