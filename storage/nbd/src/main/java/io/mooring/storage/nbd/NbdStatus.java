package io.mooring.storage.nbd;

/** The result of a request: the error values that NBD allows on the wire, and success. */
public enum NbdStatus {
  OK(0),
  /** A write, trim or zero on a read-only export. */
  EPERM(1),
  /** The device failed; the state of the range is unknown. */
  EIO(5),
  ENOMEM(12),
  /** The request itself is wrong: unknown command or flag, or a range outside the export. */
  EINVAL(22),
  /** No room, or a write beyond the end of the export. */
  ENOSPC(28),
  EOVERFLOW(75),
  ENOTSUP(95),
  /** The server is stopping or the device was taken away; another server may still answer. */
  ESHUTDOWN(108);

  private final int wireValue;

  NbdStatus(int wireValue) {
    this.wireValue = wireValue;
  }

  int wireValue() {
    return wireValue;
  }

  /** A value that the protocol does not know is read as {@link #EINVAL}, as it demands. */
  static NbdStatus ofWireValue(int wireValue) {
    for (NbdStatus status : values()) {
      if (status.wireValue == wireValue) {
        return status;
      }
    }
    return EINVAL;
  }
}
