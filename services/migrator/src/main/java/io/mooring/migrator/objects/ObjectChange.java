package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.ObjectTransform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the objects of a backup become those of the target. */
public final class ObjectChange {

  private final MigrationSpec spec;
  private final MigrationSpec choice;
  private final Map<String, String> namespaces = new LinkedHashMap<>();

  /**
   * @param spec of a restore
   */
  public ObjectChange(MigrationSpec spec) {
    this.spec = spec;
    // Owners and addresses were looked at when the backup was made, by what was said then.
    this.choice =
        MigrationSpec.newBuilder(spec)
            .setIgnoreOwnerReferences(true)
            .setIncludeNetworkPolicyWithCidr(true)
            .build();
    for (String namespace : Namespaces.of(spec)) {
      namespaces.put(namespace, Namespaces.target(spec, namespace));
    }
  }

  /**
   * The objects as they are to be put, in the same order.
   *
   * @param objects those that the backup has
   * @throws UnfitException MIG-133 or MIG-134, if that cannot be
   */
  public List<ApplicationObject> of(List<ApplicationObject> objects) throws UnfitException {
    List<ApplicationObject> here =
        objects.stream().filter(object -> namespaces.containsKey(object.namespace())).toList();
    if (here.isEmpty() && !objects.isEmpty()) {
      throw new UnfitException(
          "MIG-133 Nothing of namespace '%s' is restored. Backup '%s' has objects of others only."
                  .formatted(Namespaces.text(List.copyOf(namespaces.keySet())), spec.getBackup())
              + " Show the backup's objects, and name their namespace.");
    }
    List<ApplicationObject> changed = new ArrayList<>();
    for (ApplicationObject object : ObjectChoice.of(choice, here)) {
      boolean mappedClass =
          object.kind().equals("StorageClass") && spec.getClassMapping().containsKey(object.name());
      if (!mappedClass) {
        changed.add(changed(Described.of(object)));
      }
    }
    return changed;
  }

  private ApplicationObject changed(Described described) throws UnfitException {
    ApplicationObject object = described.object();
    ObjectNode json = described.json().deepCopy();
    if (json.get("metadata") instanceof ObjectNode metadata) {
      // They name owners by ids that they had on the source.
      metadata.remove("ownerReferences");
    }
    References.namespaces(json, namespaces);
    References.classes(json, spec.getClassMapping());
    int number = 0;
    for (ObjectTransform transform : spec.getTransforms()) {
      number++;
      if (isMeant(transform, described)) {
        Optional<String> unfit = new JsonPatch(transform).apply(json);
        if (unfit.isPresent()) {
          throw new UnfitException(
              "MIG-134 Transform %d does not fit %s '%s'. %s: '%s'. Correct it, or what it chooses."
                  .formatted(
                      number, object.kind(), object.name(), unfit.get(), transform.getPath()));
        }
      }
    }
    new Mark(spec.getOrigin(), object.namespace()).put(json, object);
    return new ApplicationObject(
        object.kind(), namespaces.get(object.namespace()), object.name(), json.toString());
  }

  private static boolean isMeant(ObjectTransform transform, Described object) {
    return object.is(transform.getKind())
        && (transform.getName().isEmpty() || transform.getName().equals(object.object().name()))
        && object.isLabelled(transform.getLabels());
  }
}
