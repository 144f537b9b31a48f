package io.mooring.localcluster.orchestrator;

/** A call to the storage driver did not succeed; it may be repeated. */
public final class VolumeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public VolumeException(String message, Throwable cause) {
    super(message, cause);
  }

  public VolumeException(String message) {
    super(message);
  }
}
