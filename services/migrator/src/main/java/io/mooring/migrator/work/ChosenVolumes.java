package io.mooring.migrator.work;

import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.schemas.MigrationSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The volumes that a migration is about: named, or of a group and with labels. */
final class ChosenVolumes {

  private final VolumeManagerClient manager;
  private final MigrationSpec spec;

  ChosenVolumes(VolumeManagerClient manager, MigrationSpec spec) {
    this.manager = manager;
    this.spec = spec;
  }

  /**
   * All of them; none, if objects are moved alone.
   *
   * @throws WorkRefusedException if one does not exist, or there is none
   */
  List<KnownVolume> all() throws IOException, WorkRefusedException {
    if (!spec.getIncludeVolumes()) {
      return List.of();
    }
    List<KnownVolume> all = manager.volumes();
    List<KnownVolume> chosen = new ArrayList<>();
    for (String name : spec.getVolumes()) {
      chosen.add(
          all.stream()
              .filter(volume -> volume.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new WorkRefusedException(
                      "MIG-058 Volume '%s' is not moved. It does not exist. Check the names against"
                              .formatted(name)
                          + " GET /volumes of volume-manager.")));
    }
    if (spec.getVolumes().isEmpty()) {
      all.stream().filter(this::isChosen).forEach(chosen::add);
    }
    if (chosen.isEmpty()) {
      throw new WorkRefusedException(
          "MIG-059 Nothing is moved. No volume has group '%s' and labels %s. Correct the choice."
              .formatted(spec.getGroup(), spec.getLabels()));
    }
    return chosen;
  }

  private boolean isChosen(KnownVolume volume) {
    return !volume.phase().equals("DELETING")
        && (spec.getGroup().isEmpty() || spec.getGroup().equals(volume.group()))
        && volume.parameters().entrySet().containsAll(spec.getLabels().entrySet());
  }
}
