package io.mooring.storage.nbd;

import java.nio.charset.StandardCharsets;

/**
 * A device under the name that clients ask for.
 *
 * @param name matched exactly; the empty name is the export of clients that name none
 * @param description one line for people who list the exports
 * @param readOnly writes, trims and zeroes are refused before they reach the device
 */
public record NbdExport(String name, String description, BlockDevice device, boolean readOnly) {

  public NbdExport {
    checkLength("name", name);
    checkLength("description", description);
  }

  /** What this export can do, in the protocol's bits. */
  int transmissionFlags(boolean structuredReplies) {
    int flags =
        Protocol.TransmissionFlag.HAS_FLAGS
            | Protocol.TransmissionFlag.SEND_FLUSH
            | Protocol.TransmissionFlag.SEND_FUA
            | Protocol.TransmissionFlag.CAN_MULTI_CONN;
    flags |=
        readOnly
            ? Protocol.TransmissionFlag.READ_ONLY
            : Protocol.TransmissionFlag.SEND_TRIM | Protocol.TransmissionFlag.SEND_WRITE_ZEROES;
    return structuredReplies ? flags | Protocol.TransmissionFlag.SEND_DF : flags;
  }

  private static void checkLength(String what, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Protocol.STRING_BYTES_MAX) {
      throw new IllegalArgumentException(
          "export %s has %d bytes, NBD allows %d"
              .formatted(what, bytes, Protocol.STRING_BYTES_MAX));
    }
  }
}
