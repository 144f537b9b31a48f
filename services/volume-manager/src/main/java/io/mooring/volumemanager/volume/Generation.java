package io.mooring.volumemanager.volume;

/** Version of a volume's replica set. */
public record Generation(long value) {

  static final Generation FIRST = new Generation(1);

  Generation next() {
    return new Generation(value + 1);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
