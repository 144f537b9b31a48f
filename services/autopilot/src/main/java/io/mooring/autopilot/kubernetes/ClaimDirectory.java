package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.mooring.schemas.VolumeLabels;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which claim a volume belongs to, by its persistent volume: the volume's id is the handle that CSI
 * gave it.
 */
final class ClaimDirectory {

  private final ClusterView view;
  private final String driver;
  private final Clock clock;

  /**
   * @param driver name of Mooring's CSI driver; volumes of others are none of ours
   */
  ClaimDirectory(ClusterView view, String driver, Clock clock) {
    this.view = view;
    this.driver = driver;
    this.clock = clock;
  }

  /** All volumes, each with its claim if it has one. */
  Map<String, Optional<VolumeLabels>> all() {
    Map<String, Optional<VolumeLabels>> all = new TreeMap<>();
    for (PersistentVolume volume : view.volumes()) {
      var csi = volume.getSpec() == null ? null : volume.getSpec().getCsi();
      if (csi != null && driver.equals(csi.getDriver())) {
        all.put(csi.getVolumeHandle(), labels(csi.getVolumeHandle(), volume));
      }
    }
    return all;
  }

  private Optional<VolumeLabels> labels(String volumeId, PersistentVolume volume) {
    ObjectReference reference = volume.getSpec().getClaimRef();
    if (reference == null) {
      return Optional.empty();
    }
    return view.claim(reference.getNamespace(), reference.getName())
        // A claim of the same name may be a later one, with another volume.
        .filter(claim -> volume.getMetadata().getName().equals(claim.getSpec().getVolumeName()))
        .map(claim -> labels(volumeId, claim));
  }

  private VolumeLabels labels(String volumeId, PersistentVolumeClaim claim) {
    String namespace = claim.getMetadata().getNamespace();
    return new VolumeLabels(
        volumeId,
        namespace,
        claim.getMetadata().getName(),
        present(claim.getMetadata().getLabels()),
        view.namespace(namespace)
            .map(found -> present(found.getMetadata().getLabels()))
            .orElse(Map.of()),
        clock.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  private static Map<String, String> present(@Nullable Map<String, String> labels) {
    return labels == null ? Map.of() : labels;
  }
}
