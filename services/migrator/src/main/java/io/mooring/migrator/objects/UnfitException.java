package io.mooring.migrator.objects;

/** Objects cannot be changed as was asked: code, what, why and what to do. */
public final class UnfitException extends Exception {

  private static final long serialVersionUID = 1L;

  UnfitException(String message) {
    super(message);
  }
}
