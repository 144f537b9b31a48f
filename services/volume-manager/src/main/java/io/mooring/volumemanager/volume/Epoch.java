package io.mooring.volumemanager.volume;

/** Number of an attachment; a higher one fences all lower ones (I2). */
public record Epoch(long value) {

  Epoch next() {
    return new Epoch(value + 1);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
