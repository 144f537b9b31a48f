package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which objects go along. Volumes and storage classes have no labels of the application: they
 * follow the claims that name them.
 */
public final class ObjectChoice {

  /** Their content is their own: whoever owns them would make them anew with another one. */
  private static final Set<String> WITH_CONTENT =
      Set.of("PersistentVolumeClaim", "Secret", "ConfigMap");

  private final MigrationSpec spec;

  private ObjectChoice(MigrationSpec spec) {
    this.spec = spec;
  }

  /**
   * Those of the given ones that go along, in the same order.
   *
   * @param objects of one namespace, or of several
   */
  public static List<ApplicationObject> of(MigrationSpec spec, List<ApplicationObject> objects) {
    return new ObjectChoice(spec)
        .chosen(objects.stream().map(Described::of).toList()).stream()
            .map(Described::object)
            .toList();
  }

  private List<Described> chosen(List<Described> all) {
    List<Described> wanted = all.stream().filter(this::isWanted).toList();
    Set<Described.Key> present = keys(wanted);
    List<Described> own =
        wanted.stream().filter(object -> !isMadeByItsOwner(object, present)).toList();
    Set<Described.Key> kept = keys(own);
    List<Described> following = all.stream().filter(object -> follows(object, own, kept)).toList();
    return all.stream()
        .filter(object -> own.contains(object) || following.contains(object))
        .toList();
  }

  private static Set<Described.Key> keys(List<Described> objects) {
    return objects.stream().map(Described::key).collect(Collectors.toSet());
  }

  private boolean isWanted(Described object) {
    if (isFollower(object) || isExcluded(object)) {
      return false;
    }
    // A namespace goes along with what is in it.
    return object.is("Namespace")
        || object.isLabelled(spec.getObjectSelector())
            && !hasUnwantedLabel(object)
            && (spec.getIncludeNetworkPolicyWithCidr() || !namesAddresses(object));
  }

  private boolean isExcluded(Described object) {
    return spec.getExcludeKinds().stream().anyMatch(object.kind()::equalsIgnoreCase);
  }

  private boolean hasUnwantedLabel(Described object) {
    return spec.getExcludeSelector().entrySet().stream()
        .anyMatch(label -> object.hasLabel(label.getKey(), label.getValue()));
  }

  /** Addresses of one network mean others, or nobody, in another one. */
  private static boolean namesAddresses(Described object) {
    return object.is("NetworkPolicy")
        && object.json().path("spec").findValues("ipBlock").stream()
            .anyMatch(block -> !block.path("cidr").asText("").isEmpty());
  }

  private boolean isMadeByItsOwner(Described object, Set<Described.Key> present) {
    if (spec.getIgnoreOwnerReferences()) {
      return false;
    }
    for (JsonNode owner : object.json().path("metadata").path("ownerReferences")) {
      String kind = owner.path("kind").asText();
      boolean there = present.contains(object.key(kind, owner.path("name").asText()));
      // Pods do not go along, and what one of them owns is of that pod only.
      if (kind.equals("Pod") || there && !WITH_CONTENT.contains(object.kind())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isFollower(Described object) {
    return object.is("PersistentVolume") || object.is("StorageClass");
  }

  private boolean follows(Described object, List<Described> own, Set<Described.Key> kept) {
    if (!isFollower(object) || isExcluded(object)) {
      return false;
    }
    if (object.is("StorageClass")) {
      boolean chosen = object.isLabelled(spec.getObjectSelector()) && !hasUnwantedLabel(object);
      return chosen || own.stream().anyMatch(user -> names(user, object));
    }
    String claim = object.json().path("spec").path("claimRef").path("name").asText("");
    return kept.contains(object.key("PersistentVolumeClaim", claim));
  }

  private static boolean names(Described user, Described storageClass) {
    return user.object().namespace().equals(storageClass.object().namespace())
        && user.json().findValuesAsText("storageClassName").contains(storageClass.object().name());
  }
}
