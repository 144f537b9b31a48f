package io.mooring.autopilot.kubernetes;

import io.mooring.autopilot.stream.ControlTopicWriter;
import io.mooring.schemas.VolumeLabels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the labels of claims and namespaces to their topic. A new leader writes all of them once,
 * because it does not know what the one before had written.
 */
final class LabelSync {

  private final ControlTopicWriter writer;
  private final Map<String, Optional<VolumeLabels>> written = new HashMap<>();

  LabelSync(ControlTopicWriter writer) {
    this.writer = writer;
  }

  void pass(Map<String, Optional<VolumeLabels>> volumes) {
    List<VolumeLabels> changed = new ArrayList<>();
    List<String> unclaimed = new ArrayList<>();
    volumes.forEach((volume, labels) -> {
      Optional<VolumeLabels> before = written.get(volume);
      if (labels.isPresent()) {
        if (before == null || before.isEmpty() || !isSame(before.get(), labels.get())) {
          changed.add(labels.get());
        }
      } else if (before == null || before.isPresent()) {
        unclaimed.add(volume);
      }
    });
    written.keySet().stream()
        .filter(volume -> !volumes.containsKey(volume))
        .forEach(unclaimed::add);
    writer.labelled(changed);
    changed.forEach(labels -> written.put(labels.getVolumeId(), Optional.of(labels)));
    for (String volume : unclaimed) {
      writer.unlabelled(volume);
      if (volumes.containsKey(volume)) {
        written.put(volume, Optional.empty());
      } else {
        written.remove(volume);
      }
    }
  }

  /** When they were seen is no difference. */
  private static boolean isSame(VolumeLabels some, VolumeLabels other) {
    return some.getNamespace().equals(other.getNamespace())
        && some.getClaim().equals(other.getClaim())
        && some.getClaimLabels().equals(other.getClaimLabels())
        && some.getNamespaceLabels().equals(other.getNamespaceLabels());
  }
}
