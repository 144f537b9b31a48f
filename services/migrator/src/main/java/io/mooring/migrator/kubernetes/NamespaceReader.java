package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads what describes the applications of a namespace. Two readings of a namespace in which nobody
 * changed anything are the same, in content and in order.
 */
final class NamespaceReader {

  private static final Set<String> STATE = Set.of("Secret", "PersistentVolumeClaim");
  private static final Set<String> CONFIG_OF_CLUSTER =
      Set.of("kube-root-ca.crt", "openshift-service-ca.crt");
  private static final Set<String> SECRETS_OF_CLUSTER =
      Set.of(
          "kubernetes.io/service-account-token",
          "kubernetes.io/dockercfg-token",
          "bootstrap.kubernetes.io/token");
  private static final String DEFAULT = "default";
  private static final String OF_A_LEADER = "control-plane.alpha.kubernetes.io/leader";

  private final ApiServer server;
  private final CustomKinds custom;
  private final VolumeBindings bindings;

  NamespaceReader(ApiServer server, CustomKinds custom, VolumeBindings bindings) {
    this.server = server;
    this.custom = custom;
    this.bindings = bindings;
  }

  /** All of it, in the order in which it can be made, without what belongs to the cluster. */
  List<ObjectNode> read(String namespace) throws IOException {
    List<ObjectNode> inside = inside(namespace);
    List<ObjectNode> all = new ArrayList<>(around(namespace, inside));
    all.addAll(inside);
    all.forEach(ClusterFields::strip);
    return all;
  }

  private List<ObjectNode> inside(String namespace) throws IOException {
    List<Kind> kinds = new ArrayList<>(Kinds.BEFORE);
    kinds.addAll(custom.all());
    kinds.addAll(Kinds.AFTER);
    List<ObjectNode> found = new ArrayList<>();
    for (Kind kind : kinds) {
      found.addAll(of(kind, namespace));
    }
    Set<String> uids = new HashSet<>();
    found.forEach(object -> uids.add(uid(object.path("metadata"))));
    found.removeIf(object -> !isOwn(object, uids));
    // Their owner is made again on the other side, under another uid.
    found.stream()
        .filter(object -> STATE.contains(Fields.kind(object)))
        .filter(object -> uids.contains(uid(Fields.controller(object))))
        .forEach(object -> object.withObject("/metadata").remove("ownerReferences"));
    return found;
  }

  /** Of one kind, by name; in a list objects do not say what they are. */
  private List<ObjectNode> of(Kind kind, String namespace) throws IOException {
    List<ObjectNode> objects = server.list(kind.path(namespace));
    objects.replaceAll(object -> described(kind, object));
    objects.sort(Comparator.comparing(Fields::name));
    return objects;
  }

  static ObjectNode described(Kind kind, ObjectNode object) {
    ObjectNode described = ApiServer.object();
    described.put("apiVersion", kind.apiVersion());
    described.put("kind", kind.name());
    object.remove(List.of("apiVersion", "kind"));
    described.setAll(object);
    return described;
  }

  private static String uid(JsonNode metadata) {
    return metadata.path("uid").asText();
  }

  /**
   * Whether somebody made the object, and not the cluster or an operator from another object that
   * goes along. Secrets and claims hold what cannot be made again, and go along with whomever.
   */
  private static boolean isOwn(ObjectNode object, Set<String> listed) {
    if (isOfCluster(object) || object.path("metadata").has("deletionTimestamp")) {
      return false;
    }
    JsonNode controller = Fields.controller(object);
    String kind = controller.path("kind").asText();
    return STATE.contains(Fields.kind(object))
        || !(listed.contains(uid(controller)) || Set.of("Pod", "Node", "Job").contains(kind));
  }

  private static boolean isOfCluster(ObjectNode object) {
    String name = Fields.name(object);
    return switch (Fields.kind(object)) {
      case "ConfigMap" ->
          CONFIG_OF_CLUSTER.contains(name)
              || !Fields.annotation(object, OF_A_LEADER).isEmpty()
              || !Fields.label(object, PodCommands.RECORD).isEmpty();
      case "Secret" -> SECRETS_OF_CLUSTER.contains(object.path("type").asText());
      case "ServiceAccount" -> name.equals(DEFAULT);
      case "Service" -> name.equals("kubernetes") && Fields.namespace(object).equals(DEFAULT);
      default -> false;
    };
  }

  /** Objects in no namespace that those in this one need. */
  private List<ObjectNode> around(String namespace, List<ObjectNode> inside) throws IOException {
    List<ObjectNode> all = new ArrayList<>();
    one(Kinds.NAMESPACE, namespace).ifPresent(all::add);
    List<ObjectNode> volumes = bindings.volumesOf(inside);
    for (String storageClass : classes(inside, volumes)) {
      one(Kinds.STORAGE_CLASS, storageClass).ifPresent(all::add);
    }
    List<ObjectNode> grants = grants(namespace);
    for (String role : roles(inside, grants)) {
      one(Kinds.CLUSTER_ROLE, role)
          .filter(found -> Fields.label(found, "kubernetes.io/bootstrapping").isEmpty())
          .ifPresent(all::add);
    }
    all.addAll(grants);
    all.addAll(volumes);
    return all;
  }

  private Optional<ObjectNode> one(Kind kind, String name) throws IOException {
    return server.get(kind.path("", name)).map(object -> described(kind, object));
  }

  private static Set<String> classes(List<ObjectNode> inside, List<ObjectNode> volumes) {
    Set<String> names = new TreeSet<>();
    for (ObjectNode object : inside) {
      names.add(object.path("spec").path("storageClassName").asText());
      for (JsonNode claim : object.path("spec").path("volumeClaimTemplates")) {
        names.add(claim.path("spec").path("storageClassName").asText());
      }
    }
    volumes.forEach(volume -> names.add(volume.path("spec").path("storageClassName").asText()));
    names.remove("");
    return names;
  }

  /** What service accounts of the namespace may do everywhere, without the others' part in it. */
  private List<ObjectNode> grants(String namespace) throws IOException {
    List<ObjectNode> grants = new ArrayList<>();
    for (ObjectNode binding : of(Kinds.CLUSTER_ROLE_BINDING, "")) {
      ArrayNode own = binding.arrayNode();
      for (JsonNode subject : binding.path("subjects")) {
        if (subject.path("kind").asText().equals("ServiceAccount")
            && subject.path("namespace").asText().equals(namespace)) {
          own.add(subject);
        }
      }
      if (!own.isEmpty()) {
        binding.set("subjects", own);
        grants.add(binding);
      }
    }
    return grants;
  }

  private static Set<String> roles(List<ObjectNode> inside, List<ObjectNode> grants) {
    Set<String> names = new TreeSet<>();
    List<ObjectNode> bindings = new ArrayList<>(grants);
    inside.stream().filter(o -> Fields.kind(o).equals("RoleBinding")).forEach(bindings::add);
    for (ObjectNode binding : bindings) {
      JsonNode role = binding.path("roleRef");
      if (role.path("kind").asText().equals("ClusterRole")) {
        names.add(role.path("name").asText());
      }
    }
    return names;
  }
}
