package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an earlier migration of the same line has brought to the target and is gone on the source.
 * Only what bears its mark, and only kinds with whose deletion no data goes: never claims, volumes,
 * or custom resources, whose operators may delete what they stand for.
 *
 * @param deleted in the order in which they are to be deleted
 * @param left which are gone on the source, too, and must be deleted by a person, with the reason
 */
public record Purge(List<ApplicationObject> deleted, List<String> left) {

  private static final Set<String> DELETED =
      Set.of(
          "ConfigMap",
          "CronJob",
          "DaemonSet",
          "Deployment",
          "HorizontalPodAutoscaler",
          "Ingress",
          "Job",
          "LimitRange",
          "NetworkPolicy",
          "PodDisruptionBudget",
          "PodTemplate",
          "ReplicaSet",
          "ReplicationController",
          "ResourceQuota",
          "Role",
          "RoleBinding",
          "Secret",
          "Service",
          "ServiceAccount",
          "StatefulSet");

  /** They stay, and nobody is told each time: that is how it is meant. */
  private static final Set<String> KEPT =
      Set.of(
          "ClusterRole",
          "ClusterRoleBinding",
          "Namespace",
          "PersistentVolume",
          "PersistentVolumeClaim",
          "StorageClass");

  public Purge {
    deleted = List.copyOf(deleted);
    left = List.copyOf(left);
  }

  /**
   * Decides for one namespace.
   *
   * @param source its name on the source
   * @param put all that the backup has brought to the target
   * @param there what is in the namespace of the target now, in an order in which it can be made
   */
  public static Purge of(
      MigrationSpec spec,
      String source,
      List<ApplicationObject> put,
      List<ApplicationObject> there) {
    String target = Namespaces.target(spec, source);
    // A namespace that is gone is left out. That it is gone here is no reason to empty it there.
    if (put.stream().noneMatch(object -> object.namespace().equals(target))) {
      return new Purge(List.of(), List.of());
    }
    Set<Described.Key> wanted =
        put.stream().map(object -> Described.of(object).key()).collect(Collectors.toSet());
    Mark mark = new Mark(spec.getOrigin(), source);
    List<ApplicationObject> deleted = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (ApplicationObject object : there.reversed()) {
      Described described = Described.of(object);
      if (wanted.contains(described.key())
          || !mark.isOn(described)
          || KEPT.contains(object.kind())) {
        continue;
      }
      String reason = reasonToKeep(described);
      if (reason.isEmpty()) {
        deleted.add(object);
      } else {
        left.add(left(object, reason));
      }
    }
    return new Purge(deleted, left);
  }

  private static String reasonToKeep(Described object) {
    if (!DELETED.contains(object.kind())) {
      return "More may go with it";
    }
    JsonNode spec = object.json().path("spec");
    if (spec.path("replicas").asInt() > 0) {
      return "It runs";
    }
    String claims = spec.path("persistentVolumeClaimRetentionPolicy").path("whenDeleted").asText();
    return claims.equals("Delete") ? "Its claims would go with it" : "";
  }

  /** For people: what stays, and why. */
  public static String left(ApplicationObject object, String reason) {
    return "MIG-135 %s '%s' of namespace '%s' is gone on the source and was left here. %s. Delete it, if nobody needs it."
        .formatted(object.kind(), object.name(), object.namespace(), reason);
  }
}
