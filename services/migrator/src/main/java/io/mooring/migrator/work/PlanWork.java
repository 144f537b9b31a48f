package io.mooring.migrator.work;

import io.mooring.migrator.objects.ClassMapping;
import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.TransferStatus;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.format.RootObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at the backup and at the volumes that are here, before anything is changed. A volume that
 * somebody may use is never written to: what is there under the name of a volume of the backup must
 * have been made by a restore, must be detached, and, if that restore was complete, must not have
 * been attached since and must be wanted to be replaced. A volume whose data went to the other side
 * with its application, and that nobody has used since, is as good.
 */
final class PlanWork {

  private final Surroundings surroundings;
  private final MigrationState migration;
  private final Restores restores;

  PlanWork(Surroundings surroundings, MigrationState migration, Restores restores) {
    this.surroundings = surroundings;
    this.migration = migration;
    this.restores = restores;
  }

  Findings run() throws IOException, WorkRefusedException {
    MigrationSpec spec = migration.getSpec();
    Repository repository = surroundings.repository().open(spec.getBytesPerSecond());
    RootObject.Complete root = repository.backup(spec.getBackup());
    Contents contents = Contents.of(repository, root);
    List<MigrationVolume> volumes = new ArrayList<>();
    for (RootObject.VolumeRoot volume : root.volumes()) {
      if (isChosen(volume.name())) {
        volumes.add(planned(volume, parametersOf(contents, volume.name())));
      }
    }
    for (String name : spec.getVolumes()) {
      if (volumes.stream().noneMatch(volume -> volume.getName().equals(name))) {
        throw new WorkRefusedException(
            "MIG-065 Volume '%s' is not restored. Backup '%s' has no volume of this name. Show the"
                    .formatted(name, spec.getBackup())
                + " backup's volumes.");
      }
    }
    int objects = ObjectsWork.moved(spec) ? objects(contents).size() : 0;
    return new Findings(volumes, MigrationStage.VOLUMES, objects, 0, "", root.cut(), "");
  }

  private boolean isChosen(String volume) {
    List<String> names = migration.getSpec().getVolumes();
    return migration.getSpec().getIncludeVolumes() && (names.isEmpty() || names.contains(volume));
  }

  /** What cannot be put is found now, and not when volumes have been written. */
  private List<ApplicationObject> objects(Contents contents)
      throws IOException, WorkRefusedException {
    MigrationSpec spec = migration.getSpec();
    List<ApplicationObject> objects = ObjectsWork.changed(spec, contents.objects());
    if (!spec.getClassMapping().isEmpty()) {
      classesAreHere(objects);
    }
    return objects;
  }

  private void classesAreHere(List<ApplicationObject> objects)
      throws IOException, WorkRefusedException {
    ClassMapping mapping = new ClassMapping(migration.getSpec());
    for (String target : Namespaces.targets(migration.getSpec())) {
      Optional<Set<String>> here = surroundings.application().storageClasses(target);
      List<String> missing =
          here.map(there -> mapping.missing(objects, target, there)).orElse(List.of());
      if (!missing.isEmpty()) {
        throw new WorkRefusedException(
            "MIG-132 Nothing is restored. Objects of namespace '%s' would name storage classes %s,"
                    .formatted(target, missing)
                + " which are not here. Make them, or map to others.");
      }
    }
  }

  private Map<String, String> parametersOf(Contents contents, String volume) {
    Map<String, String> parameters = new LinkedHashMap<>();
    contents.volumes().stream()
        .filter(described -> described.name().equals(volume))
        .forEach(described -> parameters.putAll(described.parameters()));
    parameters.putAll(migration.getSpec().getParameters());
    return parameters;
  }

  private MigrationVolume planned(RootObject.VolumeRoot volume, Map<String, String> parameters)
      throws IOException, WorkRefusedException {
    Optional<KnownVolume> here = surroundings.manager().volume(volume.name());
    if (here.isPresent()) {
      mayBeFilled(here.get());
    }
    return MigrationVolume.newBuilder()
        .setName(volume.name())
        .setVolumeId(here.map(KnownVolume::id).orElse(""))
        .setSizeBytes(volume.sizeBytes())
        .setParameters(parameters)
        .setStatus(TransferStatus.QUEUED)
        .setEpoch(here.map(KnownVolume::epoch).orElse(0L))
        .build();
  }

  private void mayBeFilled(KnownVolume here) throws WorkRefusedException {
    boolean made = here.parameters().containsKey(KnownVolume.RESTORED_BY);
    Optional<Restores.Left> last =
        restores
            .last(here.name(), migration.getName())
            .filter(left -> left.givenUp() ? isSame(left.volume(), here) : made);
    if (last.isEmpty()) {
      throw refused(here.name(), "There is one of this name that no restore has made");
    }
    if (!here.isDetached()) {
      throw refused(here.name(), "It is attached");
    }
    MigrationVolume left = last.get().volume();
    if (here.epoch() < left.getEpoch()) {
      throw refused(here.name(), "Epochs only rise: it was deleted and made anew since");
    }
    // Also what a restore that failed has left behind: it may have failed because of that.
    if (!here.publication().isUntouchedSince(left.getEpoch(), last.get().purpose())) {
      throw refused(here.name(), "Somebody attached it since it was restored");
    }
    if (left.getStatus() == TransferStatus.COMPLETE && !migration.getSpec().getReplace()) {
      throw refused(here.name(), "It was restored before, and is not to be replaced");
    }
  }

  private static boolean isSame(MigrationVolume volume, KnownVolume here) {
    return volume.getVolumeId().equals(here.id());
  }

  private static WorkRefusedException refused(String volume, String why) {
    return new WorkRefusedException(
        "MIG-066 Volume '%s' is not restored. %s. Delete it, if nobody needs it, or restore on"
                .formatted(volume, why)
            + " another cluster; 'replace' brings an untouched one up to date.");
  }
}
