package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects;
import io.mooring.migrator.outside.OutsideException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The objects of a namespace of Kubernetes, and those around it that they need. What is in no
 * namespace is the cluster's: it is made if it is missing, and never changed, except that service
 * accounts of the namespace are added to bindings of roles of the cluster.
 */
public final class KubernetesApplicationObjects implements ApplicationObjects {

  private final ApiServer server;
  private final CustomKinds kinds;
  private final VolumeBindings bindings;
  private final ObjectWriter writer;

  KubernetesApplicationObjects(ApiServer server, CustomKinds kinds, VolumeBindings bindings) {
    this.server = server;
    this.kinds = kinds;
    this.bindings = bindings;
    this.writer = new ObjectWriter(server);
  }

  /** Those without a namespace have that one, for which they are needed. */
  @Override
  public List<ApplicationObject> list(String namespace) throws IOException {
    List<ApplicationObject> objects = new ArrayList<>();
    for (ObjectNode object : new NamespaceReader(server, kinds, bindings).read(namespace)) {
      objects.add(
          new ApplicationObject(
              Fields.kind(object), namespace, Fields.name(object), object.toString()));
    }
    return objects;
  }

  @Override
  public void put(ApplicationObject object, boolean start) throws IOException {
    ObjectNode wanted = ApiServer.parsed(object.manifest());
    String namespace = object.namespace();
    Kind kind = kinds.of(wanted);
    ClusterFields.strip(wanted);
    // Owners are others here, or not here: the cluster would delete what they seem to have left.
    wanted.withObject("/metadata").remove("ownerReferences");
    NamespaceMapping.apply(wanted, kind, namespace);
    Optional<Workload> workload = Workload.of(wanted);
    workload.ifPresent(runner -> runner.start(wanted));
    if (!start) {
      workload.ifPresent(runner -> runner.stop(wanted));
    }
    switch (kind.name()) {
      case "Namespace", "StorageClass", "ClusterRole" ->
          writer.createIfMissing(kind, namespace, wanted);
      case "ClusterRoleBinding" ->
          writer.put(kind, namespace, wanted, here -> withSubjects(here, wanted));
      case "PersistentVolume" -> {
        bindings.incoming(wanted, namespace);
        writer.put(kind, namespace, wanted, here -> sameVolume(here, wanted));
      }
      case "PersistentVolumeClaim" -> {
        Optional<ObjectNode> here = server.get(kind.path(namespace, Fields.name(wanted)));
        if (here.isPresent()) {
          VolumeBindings.checkBinding(wanted, here.get());
        }
        writer.put(kind, namespace, wanted);
      }
      default -> writer.put(kind, namespace, wanted);
    }
  }

  /** Those of the cluster are the same for all of its namespaces. */
  @Override
  public Optional<Set<String>> storageClasses(String namespace) throws IOException {
    Set<String> names = new TreeSet<>();
    server.list(Kinds.STORAGE_CLASS.path("")).forEach(found -> names.add(Fields.name(found)));
    return Optional.of(names);
  }

  private static Optional<ObjectNode> withSubjects(ObjectNode here, ObjectNode wanted) {
    ArrayNode subjects = here.withArray("/subjects");
    int before = subjects.size();
    for (JsonNode subject : wanted.path("subjects")) {
      boolean known = false;
      for (JsonNode other : subjects) {
        known |= ObjectWriter.says(other, subject);
      }
      if (!known) {
        subjects.add(subject);
      }
    }
    return subjects.size() == before ? Optional.empty() : Optional.of(here);
  }

  /** A volume whose claim was deleted waits for somebody to say whose it is from now on. */
  private static Optional<ObjectNode> sameVolume(ObjectNode here, ObjectNode wanted)
      throws OutsideException {
    VolumeBindings.checkSame(wanted, here);
    if (!here.path("status").path("phase").asText().equals("Released")) {
      return Optional.empty();
    }
    here.withObject("/spec").withObject("/claimRef").remove(List.of("uid", "resourceVersion"));
    return Optional.of(here);
  }

  /**
   * @throws OutsideException MIG-157, if something would be lost or stopped by it
   */
  @Override
  public void delete(ApplicationObject object) throws IOException {
    Kind kind = kind(object);
    String path = kind.path(object.namespace(), object.name());
    Optional<ObjectNode> here = server.get(path);
    if (here.isEmpty()) {
      return;
    }
    if (!kind.namespaced() || kind.equals(Kinds.CLAIM)) {
      throw kept(object, "Data would be lost with it, or others would lose it");
    }
    ObjectNode described = NamespaceReader.described(kind, here.get());
    if (Workload.of(described).filter(workload -> workload.desired(described) > 0).isPresent()) {
      throw kept(object, "It runs");
    }
    if (described
        .path("spec")
        .path(Workload.CLAIM_POLICY)
        .path("whenDeleted")
        .asText()
        .equals("Delete")) {
      throw kept(object, "Its claims would go with it");
    }
    server.delete(path);
  }

  private Kind kind(ApplicationObject object) throws IOException {
    if (!object.manifest().isBlank()) {
      JsonNode manifest = ApiServer.parsed(object.manifest());
      if (manifest.has("apiVersion")) {
        return kinds.of(manifest);
      }
    }
    Optional<Kind> builtIn = Kinds.named(object.kind());
    if (builtIn.isPresent()) {
      return builtIn.get();
    }
    return kinds.all().stream()
        .filter(kind -> kind.name().equals(object.kind()))
        .findFirst()
        .orElseThrow(() -> kept(object, "This cluster does not know its kind"));
  }

  private static OutsideException kept(ApplicationObject object, String why) {
    return new OutsideException(
        "MIG-157 %s '%s' of namespace '%s' is not deleted. %s. Delete it by hand, if that is meant."
            .formatted(object.kind(), object.name(), object.namespace(), why),
        ApiServer.INVALID,
        "MIG-157");
  }
}
