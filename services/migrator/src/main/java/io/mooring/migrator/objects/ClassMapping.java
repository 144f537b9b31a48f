package io.mooring.migrator.objects;

import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the storage classes to which objects are mapped are there. */
public final class ClassMapping {

  private final MigrationSpec spec;

  public ClassMapping(MigrationSpec spec) {
    this.spec = spec;
  }

  /**
   * Classes to which objects of a namespace were mapped, and that are neither on the target nor
   * among the objects.
   *
   * @param changed objects as they are to be put
   * @param target namespace on the target
   * @param here classes that are there
   */
  public List<String> missing(List<ApplicationObject> changed, String target, Set<String> here) {
    List<ApplicationObject> own =
        changed.stream().filter(object -> object.namespace().equals(target)).toList();
    Set<String> brought =
        own.stream()
            .filter(object -> object.kind().equals("StorageClass"))
            .map(ApplicationObject::name)
            .collect(Collectors.toSet());
    return own.stream()
        .flatMap(
            object -> Json.object(object.manifest()).findValuesAsText("storageClassName").stream())
        .filter(spec.getClassMapping()::containsValue)
        .filter(name -> !here.contains(name) && !brought.contains(name))
        .distinct()
        .sorted()
        .toList();
  }
}
