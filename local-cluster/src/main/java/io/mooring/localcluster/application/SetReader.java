package io.mooring.localcluster.application;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.orchestrator.StatefulSet;
import io.mooring.localcluster.orchestrator.VolumeClaim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads what a stateful set's object says, with the objects that it names. */
final class SetReader {

  static final String REMEMBERED = "mooring.io/migration-replicas";

  private static final String REPLICAS = "/spec/replicas";
  private static final String ANNOTATION = "/metadata/annotations/" + REMEMBERED.replace("/", "~1");
  private static final String CLAIM = "/spec/volumeClaimTemplates/0";
  private static final String CLASS = CLAIM + "/spec/storageClassName";
  private static final String SIZE = CLAIM + "/spec/resources/requests/storage";
  private static final int PODS_MAX = 50;
  private static final long CLAIM_BYTES_MAX = 1L << 46;

  private final PodTemplates templates;
  private final Function<Manifest.Key, Optional<Manifest>> objects;

  /**
   * @param objects finds the objects that a set names
   */
  SetReader(PodTemplates templates, Function<Manifest.Key, Optional<Manifest>> objects) {
    this.templates = templates;
    this.objects = objects;
  }

  /**
   * The set as it is to run.
   *
   * @throws LocalClusterException LCL-040 if it says something that cannot be, LCL-041 if an object
   *     that it names is not here
   */
  StatefulSet read(Manifest set) {
    Fields fields = set.fields();
    Fields service = named(set, ObjectKind.SERVICE, fields.text("/spec/serviceName"));
    Fields settings =
        named(
            set,
            ObjectKind.CONFIG_MAP,
            fields.text("/spec/template/spec/volumes/0/configMap/name"));
    VolumeClaim claim = claim(set);
    StatefulSet made =
        new StatefulSet(
            set.name(), wanted(set), claim, templates.of(fields, service, settings), Set.of());
    Set<String> bound =
        made.pods().stream()
            .map(pod -> pod.volumeName(claim))
            .filter(name ->
                objects
                    .apply(new Manifest.Key(ObjectKind.CLAIM, set.namespace(), name))
                    .isPresent())
            .collect(Collectors.toSet());
    return new StatefulSet(made.name(), made.replicas(), claim, made.template(), bound);
  }

  /** Pods that the set has when it runs: those that it had when it was stopped. */
  static int wanted(Manifest set) {
    int replicas = replicas(set);
    return replicas > 0 || set.json().at(ANNOTATION).isMissingNode()
        ? replicas
        : Math.toIntExact(set.fields().number(ANNOTATION, 0, PODS_MAX));
  }

  /** Pods that the set is to have now. */
  static int replicas(Manifest set) {
    return Math.toIntExact(set.fields().number(REPLICAS, 0, PODS_MAX));
  }

  /** The same set without pods; how many it had is remembered. */
  static Manifest stopped(Manifest set) {
    int wanted = wanted(set);
    return changed(
        set,
        0,
        metadata -> metadata.withObjectProperty("annotations").put(REMEMBERED, "" + wanted));
  }

  /** The same set with the pods that it had. */
  static Manifest running(Manifest set) {
    return changed(
        set,
        wanted(set),
        metadata -> metadata.withObjectProperty("annotations").remove(REMEMBERED));
  }

  /** The claims of the set's pods, as their objects would say it. */
  List<Manifest> claims(Manifest set) {
    Fields fields = set.fields();
    String first = fields.text(CLAIM + "/metadata/name") + "-" + set.name() + "-";
    Map<String, Object> spec =
        Map.of(
            "accessModes", List.of("ReadWriteOnce"),
            "storageClassName", fields.text(CLASS),
            "resources", Map.of("requests", Map.of("storage", fields.text(SIZE))));
    return IntStream.range(0, wanted(set))
        .mapToObj(i -> {
          Manifest claim =
              Manifest.of(
                  ObjectKind.CLAIM,
                  set.namespace(),
                  first + i,
                  fields.texts("/spec/template/metadata/labels"),
                  Map.of("spec", spec));
          ((ObjectNode) claim.json().path("spec")).put("volumeName", first + i);
          return claim;
        })
        .toList();
  }

  private VolumeClaim claim(Manifest set) {
    Fields fields = set.fields();
    Fields storage = named(set, ObjectKind.STORAGE_CLASS, fields.text(CLASS));
    return new VolumeClaim(
        fields.text(CLAIM + "/metadata/name"),
        fields.number(SIZE, 1, CLAIM_BYTES_MAX),
        set.namespace(),
        storage.texts("/parameters"),
        storage.list("/mountOptions"));
  }

  private Fields named(Manifest set, ObjectKind kind, String name) {
    return objects
        .apply(new Manifest.Key(kind, set.namespace(), name))
        .map(Manifest::fields)
        .orElseThrow(() ->
            ManifestFault.conflict(
                "StatefulSet '%s' is not accepted".formatted(set.name()),
                "it names the %s '%s', which is not in namespace '%s'"
                    .formatted(kind.word(), name, set.namespace()),
                "Put that object first"));
  }

  private static Manifest changed(Manifest set, int replicas, Consumer<ObjectNode> change) {
    ObjectNode json = set.json().deepCopy();
    json.withObjectProperty("spec").put("replicas", replicas);
    ObjectNode metadata = json.withObjectProperty("metadata");
    change.accept(metadata);
    if (metadata.path("annotations").isEmpty()) {
      metadata.remove("annotations");
    }
    return new Manifest(set.kind(), set.namespace(), set.name(), json);
  }
}
