package io.mooring.autopilot.stream;

import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeSpec;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records as other services write them, and the white paper's rule. */
public final class Samples {

  private Samples() {}

  /** The white paper's rule with another maximum and more fields of its spec. */
  public static String rule(String maxSize, String moreSpec) {
    return """
    apiVersion: autopilot.libopenstorage.org/v1alpha1
    kind: AutopilotRule
    metadata:
      name: kafka-resize
    spec:
      selector:
        matchLabels:
          app: kafka
      pollInterval: 2
      conditions:
        expressions:
          - key: "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)"
            operator: Gt
            values:
              - "80"
      actions:
        - name: openstorage.io.action.volume/resize
          params:
            scalepercentage: "100"
            maxsize: "%s"
    %s
    """
        .formatted(maxSize, moreSpec.isEmpty() ? "" : "  " + moreSpec);
  }

  public static VolumeState volume(
      String id, String name, long sizeBytes, Map<String, String> labels) {
    return VolumeState.newBuilder()
        .setVolumeId(id)
        .setName(name)
        .setSizeBytes(sizeBytes)
        .setSpec(
            VolumeSpec.newBuilder()
                .setRepl(1)
                .setPriorityIo(PoolPriority.LOW)
                .setIoProfile(IoProfile.NONE)
                .setFs(FileSystem.EXT4)
                .setLabels(labels)
                .build())
        .setEpoch(1)
        .setGeneration(1)
        .setPhase(VolumePhase.PUBLISHED)
        .setHolder("n1")
        .setReplicas(List.of())
        .setUpdatedAt(Instant.now())
        .build();
  }

  /** A volume whose file system takes all of it. */
  public static VolumeUsage usage(String id, Instant at, long capacityBytes, long usedBytes) {
    return new VolumeUsage(id, "n1", at, capacityBytes, capacityBytes, usedBytes, 1000L, 10L, -1L);
  }
}
