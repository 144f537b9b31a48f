package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What scales pods in a namespace, and the pods that are there, as of one reading. */
final class Population {

  /** Label of Strimzi's objects: the resource that they were made for. */
  static final String CLUSTER_LABEL = "strimzi.io/cluster";

  private static final String KIND_LABEL = "strimzi.io/kind";
  private static final Set<String> GROUPS = Set.of(Workload.STRIMZI_GROUP, "core.strimzi.io");
  private static final String POD_SET = "StrimziPodSet";
  private static final String POOL = "KafkaNodePool";
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  /** An object that scales pods. */
  record Scaled(Kind kind, ObjectNode object, Workload workload) {

    String key() {
      return Fields.kind(object) + "/" + Fields.name(object);
    }
  }

  private final List<Scaled> scaled = new ArrayList<>();
  private final List<ObjectNode> pods;
  private final List<ObjectNode> pools = new ArrayList<>();
  private final List<ObjectNode> podSets = new ArrayList<>();
  private final Map<String, String> deployments = new HashMap<>();
  private Optional<Kind> podSetKind = Optional.empty();

  private Population(List<ObjectNode> pods) {
    this.pods = pods;
  }

  static Population read(ApiServer server, CustomKinds kinds, String namespace) throws IOException {
    Population population = new Population(server.list(Kinds.POD.path(namespace)));
    population.pods.removeIf(pod -> ENDED.contains(pod.path("status").path("phase").asText()));
    List<Kind> all = new ArrayList<>(Kinds.AFTER);
    kinds.all().stream().filter(kind -> GROUPS.contains(kind.group())).forEach(all::add);
    for (Kind kind : all) {
      for (ObjectNode object : server.list(kind.path(namespace))) {
        population.take(kind, NamespaceReader.described(kind, object));
      }
    }
    return population;
  }

  private void take(Kind kind, ObjectNode object) {
    JsonNode controller = Fields.controller(object);
    switch (kind.name()) {
      case POOL -> pools.add(object);
      case POD_SET -> {
        podSets.add(object);
        podSetKind = Optional.of(kind);
      }
      case "ReplicaSet" -> {
        if (controller.isMissingNode()) {
          scaled.add(new Scaled(kind, object, Workload.REPLICAS));
        } else {
          deployments.put(Fields.name(object), controller.path("name").asText());
        }
      }
      default ->
          Workload.of(object).ifPresent(workload -> scaled.add(new Scaled(kind, object, workload)));
    }
  }

  List<Scaled> scaled() {
    return scaled;
  }

  /** Strimzi's sets of pods. */
  List<ObjectNode> podSets() {
    return podSets;
  }

  Optional<Kind> podSetKind() {
    return podSetKind;
  }

  /** Pods that have not ended. */
  List<ObjectNode> pods() {
    return pods;
  }

  /** How many pods are wanted. */
  int desired() {
    return scaled.stream().mapToInt(this::desired).sum();
  }

  private int desired(Scaled one) {
    if (one.workload() != Workload.STRIMZI || one.workload().isStopped(one.object())) {
      return one.workload().desired(one.object());
    }
    String name = Fields.name(one.object());
    return switch (Fields.kind(one.object())) {
      // A deployment of its own tells how many.
      case "KafkaBridge" -> 0;
      case "Kafka" -> {
        int inPools =
            pools.stream()
                .filter(pool -> Fields.label(pool, CLUSTER_LABEL).equals(name))
                .mapToInt(pool -> pool.path("spec").path("replicas").asInt())
                .sum();
        JsonNode spec = one.object().path("spec");
        yield inPools > 0
            ? inPools + spec.path("zookeeper").path("replicas").asInt()
            : one.workload().desired(one.object());
      }
      default -> one.workload().desired(one.object());
    };
  }

  /**
   * Of what is to run, pods that are ready, and no more of each than it wants; if nothing is to
   * run, all pods that are not gone yet.
   */
  int running() {
    if (desired() == 0) {
      return pods.size();
    }
    int running = 0;
    for (Scaled one : scaled) {
      long ready = pods.stream().filter(pod -> isReady(pod) && isOf(pod, one)).count();
      running += Math.toIntExact(Math.min(ready, desired(one)));
    }
    return running;
  }

  /** Whether a pod was made for an object. */
  boolean isOf(JsonNode pod, Scaled one) {
    if (one.workload() == Workload.STRIMZI) {
      return Fields.controller(pod).path("kind").asText().equals(POD_SET)
          && Fields.label(pod, CLUSTER_LABEL).equals(Fields.name(one.object()))
          && Fields.label(pod, KIND_LABEL).equals(Fields.kind(one.object()));
    }
    JsonNode owner = Fields.controller(pod);
    String kind = owner.path("kind").asText();
    String name = owner.path("name").asText();
    return kind.equals("ReplicaSet") && deployments.containsKey(name)
        ? one.key().equals("Deployment/" + deployments.get(name))
        : one.key().equals(kind + "/" + name);
  }

  private static boolean isReady(JsonNode pod) {
    if (pod.path("metadata").has("deletionTimestamp")) {
      return false;
    }
    for (JsonNode condition : pod.path("status").path("conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition.path("status").asText().equals("True");
      }
    }
    return false;
  }
}
