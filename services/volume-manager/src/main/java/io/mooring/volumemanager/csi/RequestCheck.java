package io.mooring.volumemanager.csi;

import csi.v1.CapacityRange;
import csi.v1.TopologyRequirement;
import csi.v1.VolumeCapability;
import csi.v1.VolumeCapability.AccessMode.Mode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.csi.TopologySegment;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks what callers pass in, and reads from it what Mooring wants to know. */
final class RequestCheck {

  /** Size of a volume for which none is asked. */
  static final long DEFAULT_SIZE_BYTES = 1L << 30;

  private static final String FS = "fs";
  private static final String NO_FS = "none";

  private RequestCheck() {}

  /** The volume id; what has another form was never given out, so it names nothing. */
  static VolumeId existing(String volumeId) {
    required(volumeId, "volume_id");
    if (!VolumeId.isId(volumeId)) {
      throw CsiStatus.of(
          Status.NOT_FOUND,
          new Rejection(
              "CSI-050",
              "'%s' is no volume id of Mooring.".formatted(volumeId),
              "Ids are given out by CreateVolume.",
              "Use the id that CreateVolume returned."));
    }
    return new VolumeId(volumeId);
  }

  static void required(String value, String field) {
    if (value.isEmpty()) {
      throw missing(field);
    }
  }

  static void required(boolean present, String field) {
    if (!present) {
      throw missing(field);
    }
  }

  private static StatusRuntimeException missing(String field) {
    return CsiStatus.of(
        Status.INVALID_ARGUMENT,
        new Rejection(
            "CSI-051",
            "Field %s is not set.".formatted(field),
            "The CSI specification requires it.",
            "Set it."));
  }

  static void supported(List<VolumeCapability> capabilities) {
    unsupported(capabilities)
        .ifPresent(reason -> {
          throw CsiStatus.of(Status.INVALID_ARGUMENT, reason);
        });
  }

  /** Why these capabilities cannot be had, or empty if they can. */
  static Optional<Rejection> unsupported(List<VolumeCapability> capabilities) {
    for (VolumeCapability capability : capabilities) {
      Mode mode = capability.getAccessMode().getMode();
      boolean oneWriter =
          switch (mode) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER -> true;
            case SINGLE_NODE_READER_ONLY,
                MULTI_NODE_READER_ONLY,
                MULTI_NODE_SINGLE_WRITER,
                MULTI_NODE_MULTI_WRITER,
                UNKNOWN,
                UNRECOGNIZED ->
                false;
          };
      if (!oneWriter) {
        return Optional.of(
            new Rejection(
                "CSI-052",
                "Access mode %s is not offered.".formatted(mode),
                "A Mooring volume is written by one node at a time (I2).",
                "Use ReadWriteOnce or ReadWriteOncePod."));
      }
    }
    return Optional.empty();
  }

  static long size(CapacityRange range) {
    long required = range.getRequiredBytes();
    long limit = range.getLimitBytes();
    if (required < 0 || limit < 0 || (limit > 0 && required > limit)) {
      throw CsiStatus.of(
          Status.INVALID_ARGUMENT,
          new Rejection(
              "CSI-053",
              "capacity_range asks for at least %d and at most %d bytes."
                  .formatted(required, limit),
              "No size fulfils that.",
              "Set required_bytes to at most limit_bytes."));
    }
    if (required > 0) {
      return required;
    }
    return limit > 0 ? Math.min(limit, DEFAULT_SIZE_BYTES) : DEFAULT_SIZE_BYTES;
  }

  static boolean isWithin(CapacityRange range, long sizeBytes) {
    return sizeBytes >= range.getRequiredBytes()
        && (range.getLimitBytes() == 0 || sizeBytes <= range.getLimitBytes());
  }

  /** The parameters, with the file system that the capabilities ask for. */
  static Map<String, String> parameters(
      Map<String, String> given, List<VolumeCapability> capabilities) {
    Map<String, String> parameters = new HashMap<>(given);
    for (VolumeCapability capability : capabilities) {
      String asked = capability.hasBlock() ? NO_FS : capability.getMount().getFsType();
      if (asked.isEmpty()) {
        continue;
      }
      String before = parameters.putIfAbsent(FS, asked);
      if (before != null && !before.equalsIgnoreCase(asked)) {
        throw CsiStatus.of(
            Status.INVALID_ARGUMENT,
            new Rejection(
                "CSI-054",
                "Both file system '%s' and '%s' are asked for.".formatted(before, asked),
                "A volume has one file system, or none if it is used as a block device.",
                "Let parameter fs and the volume capabilities agree."));
      }
    }
    return parameters;
  }

  /** The node that should hold a replica: the first that is preferred, else the first allowed. */
  static Optional<String> preferredNode(TopologyRequirement requirement) {
    return Stream.concat(
            requirement.getPreferredList().stream(), requirement.getRequisiteList().stream())
        .map(topology -> topology.getSegmentsMap().get(TopologySegment.NODE))
        .filter(node -> node != null && !node.isEmpty())
        .findFirst();
  }
}
