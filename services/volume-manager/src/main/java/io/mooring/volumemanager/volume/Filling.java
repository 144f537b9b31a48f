package io.mooring.volumemanager.volume;

/**
 * Who writes all of a volume's content anew, or did so last. From the moment in which he is given
 * the volume until he says that all is written the volume is half: neither what it was nor what it
 * is to be, and perhaps without a file system, so that whoever mounts it would be given a new one.
 *
 * @param purpose what it is filled for, as in its publication
 * @param epoch under which it was given away for that last, 0 if not yet
 * @param whole all is written, under this epoch
 */
public record Filling(Purpose purpose, Epoch epoch, boolean whole) {

  static Filling half(Purpose purpose, Epoch epoch) {
    return new Filling(purpose, epoch, false);
  }

  Filling done() {
    return new Filling(purpose, epoch, true);
  }
}
