package io.mooring.storage.nbd;

import java.util.OptionalInt;

/**
 * What a server has told a client about the export.
 *
 * @param allocationContext the number of {@code base:allocation}, if the server has it
 */
record ServerOffer(
    long sizeBytes, int transmissionFlags, int requestBytesMax, OptionalInt allocationContext) {

  boolean has(int transmissionFlag) {
    return (transmissionFlags & transmissionFlag) != 0;
  }
}
