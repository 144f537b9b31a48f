package io.mooring.volumeagent.csi;

import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import io.mooring.volumeagent.staging.Access;
import io.mooring.volumeagent.staging.StagingException;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.util.Optional;

/** Reads fields of requests and says which one is missing or cannot be served. */
final class CapabilityReader {

  private CapabilityReader() {}

  static String required(String field, String value) throws StagingException {
    if (value.isEmpty()) {
      throw missing(field);
    }
    return value;
  }

  static Access access(boolean present, VolumeCapability capability, boolean readOnly)
      throws StagingException {
    if (!present) {
      throw missing("volume_capability");
    }
    boolean reads = readOnly || mode(capability) == Mode.SINGLE_NODE_READER_ONLY;
    return switch (capability.getAccessTypeCase()) {
      case BLOCK -> new Access.Block(reads);
      case MOUNT ->
          new Access.Mounted(
              Optional.of(capability.getMount().getFsType()).filter(type -> !type.isEmpty()),
              capability.getMount().getMountFlagsList(),
              reads);
      case ACCESSTYPE_NOT_SET -> throw missing("volume_capability.access_type");
    };
  }

  /** Whether only one pod may see the volume. */
  static boolean isExclusive(VolumeCapability capability) throws StagingException {
    return mode(capability) == Mode.SINGLE_NODE_SINGLE_WRITER;
  }

  private static Mode mode(VolumeCapability capability) throws StagingException {
    Mode mode = capability.getAccessMode().getMode();
    return switch (mode) {
      case SINGLE_NODE_WRITER,
          SINGLE_NODE_READER_ONLY,
          SINGLE_NODE_SINGLE_WRITER,
          SINGLE_NODE_MULTI_WRITER ->
          mode;
      case UNKNOWN, UNRECOGNIZED -> throw missing("volume_capability.access_mode");
      case MULTI_NODE_READER_ONLY, MULTI_NODE_SINGLE_WRITER, MULTI_NODE_MULTI_WRITER ->
          throw new StagingException(
              Reason.PRECONDITION,
              "CSI-022",
              "Access mode " + mode + " is not offered.",
              "A volume has one head on one node at a time.",
              "Ask for a SINGLE_NODE access mode (ReadWriteOnce).");
    };
  }

  private static StagingException missing(String field) {
    return new StagingException(
        Reason.INVALID,
        "CSI-021",
        "Field " + field + " is not set.",
        "The CSI specification requires it in this call.",
        "Set it.");
  }
}
