package io.mooring.migrator.work;

import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationVolume;
import java.util.List;

/**
 * What a task tells.
 *
 * @param volumes about which there is news
 * @param stage of the other side
 * @param resourcesTotal objects of the application; -1 if nothing is told about them
 * @param snapshotSet that was taken; empty if it is not about one
 * @param left what was left behind, in words; empty if nothing was
 */
public record Findings(
    List<MigrationVolume> volumes,
    MigrationStage stage,
    int resourcesTotal,
    int resourcesDone,
    String snapshotSet,
    String cut,
    String left) {

  static final Findings NONE = ofVolumes(List.of());

  public Findings {
    volumes = List.copyOf(volumes);
  }

  static Findings ofVolumes(List<MigrationVolume> volumes) {
    return new Findings(volumes, MigrationStage.VOLUMES, -1, 0, "", "", "");
  }

  Findings withResources(int total, int done) {
    return new Findings(volumes, stage, total, done, snapshotSet, cut, left);
  }

  Findings withLeft(String words) {
    return new Findings(volumes, stage, resourcesTotal, resourcesDone, snapshotSet, cut, words);
  }
}
