package io.mooring.volumemanager.catalogue;

/** The catalogue cannot be read or asked at the moment; the same call may succeed soon. */
public final class NotReadyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NotReadyException(String reason) {
    super(reason);
  }

  public NotReadyException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
