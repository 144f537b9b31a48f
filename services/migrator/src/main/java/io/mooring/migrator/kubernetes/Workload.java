package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Objects for which somebody runs pods, and how each kind of them is stopped without being deleted.
 * What it was before is remembered in the object itself, so that whoever reads it knows: an object
 * without the mark was not stopped by a migration, and is not started by one.
 */
enum Workload {

  /** Those that have a number of replicas. */
  REPLICAS {
    @Override
    int desired(JsonNode object) {
      return object.path("spec").path("replicas").asInt(1);
    }

    @Override
    boolean stop(ObjectNode object) {
      int replicas = desired(object);
      if (replicas == 0) {
        return false;
      }
      Fields.annotate(object, REMEMBERED, Integer.toString(replicas));
      object.withObject("/spec").put("replicas", 0);
      keepClaims(object);
      return true;
    }

    @Override
    boolean start(ObjectNode object) {
      String remembered = Fields.annotation(object, REMEMBERED);
      if (remembered.isEmpty()) {
        return false;
      }
      Fields.dropAnnotation(object, REMEMBERED);
      if (desired(object) == 0 && remembered.matches("\\d{1,9}")) {
        object.withObject("/spec").put("replicas", Integer.parseInt(remembered));
      }
      if (!Fields.annotation(object, CLAIMS_BEFORE).isEmpty()) {
        claimPolicy(object).put(WHEN_SCALED, Fields.annotation(object, CLAIMS_BEFORE));
        Fields.dropAnnotation(object, CLAIMS_BEFORE);
      }
      return true;
    }

    /** A set may be told to delete the claims of pods that it has no more: all of its data. */
    private void keepClaims(ObjectNode object) {
      String policy = object.path("spec").path(CLAIM_POLICY).path(WHEN_SCALED).asText(RETAIN);
      if (!policy.equals(RETAIN)) {
        Fields.annotate(object, CLAIMS_BEFORE, policy);
        claimPolicy(object).put(WHEN_SCALED, RETAIN);
      }
    }

    private ObjectNode claimPolicy(ObjectNode object) {
      return object.withObject("/spec").withObject("/" + CLAIM_POLICY);
    }
  },

  /** A pod on each node: as long as it is stopped it wants a node that nobody has. */
  DAEMON {
    @Override
    int desired(JsonNode object) {
      return selector(object).has(REMEMBERED)
          ? 0
          : object.path("status").path("desiredNumberScheduled").asInt();
    }

    @Override
    boolean isStopped(JsonNode object) {
      return selector(object).has(REMEMBERED);
    }

    @Override
    boolean stop(ObjectNode object) {
      if (isStopped(object)) {
        return false;
      }
      object
          .withObject("/spec")
          .withObject("/template")
          .withObject("/spec")
          .withObject("/nodeSelector")
          .put(REMEMBERED, "stopped");
      return true;
    }

    @Override
    boolean start(ObjectNode object) {
      if (!isStopped(object)) {
        return false;
      }
      ObjectNode pod = (ObjectNode) object.path("spec").path("template").path("spec");
      ((ObjectNode) pod.path("nodeSelector")).remove(REMEMBERED);
      if (pod.path("nodeSelector").isEmpty()) {
        pod.remove("nodeSelector");
      }
      return true;
    }

    private JsonNode selector(JsonNode object) {
      return object.path("spec").path("template").path("spec").path("nodeSelector");
    }
  },

  /** Begins jobs by the clock. One that runs is not ended by this. */
  CLOCK {
    @Override
    int desired(JsonNode object) {
      return 0;
    }

    @Override
    boolean isStopped(JsonNode object) {
      return object.path("spec").path("suspend").asBoolean();
    }

    @Override
    boolean stop(ObjectNode object) {
      if (isStopped(object)) {
        return false;
      }
      Fields.annotate(object, REMEMBERED, "suspended");
      object.withObject("/spec").put("suspend", true);
      return true;
    }

    @Override
    boolean start(ObjectNode object) {
      if (Fields.annotation(object, REMEMBERED).isEmpty()) {
        return false;
      }
      Fields.dropAnnotation(object, REMEMBERED);
      object.withObject("/spec").put("suspend", false);
      return true;
    }
  },

  /**
   * What Strimzi's operator makes pods from. It does not know zero brokers: its way of stopping
   * them is to pause the resource and to delete the pod sets, which it makes again afterwards.
   */
  STRIMZI {
    @Override
    int desired(JsonNode object) {
      if (isStopped(object)) {
        return 0;
      }
      JsonNode spec = object.path("spec");
      return spec.path("replicas").asInt()
          + spec.path("kafka").path("replicas").asInt()
          + spec.path("zookeeper").path("replicas").asInt();
    }

    @Override
    boolean isStopped(JsonNode object) {
      return !Fields.annotation(object, REMEMBERED).isEmpty();
    }

    @Override
    boolean stop(ObjectNode object) {
      if (isStopped(object)) {
        return false;
      }
      // Whoever paused it himself finds it paused afterwards.
      Fields.annotate(
          object, REMEMBERED, "true".equals(Fields.annotation(object, PAUSE)) ? "paused" : "runs");
      Fields.annotate(object, PAUSE, "true");
      return true;
    }

    @Override
    boolean start(ObjectNode object) {
      String remembered = Fields.annotation(object, REMEMBERED);
      if (remembered.isEmpty()) {
        return false;
      }
      Fields.dropAnnotation(object, REMEMBERED);
      if (!remembered.equals("paused")) {
        Fields.dropAnnotation(object, PAUSE);
      }
      return true;
    }
  };

  /**
   * Tells that a migration stopped an object, and what it was before. It is the local
   * orchestrator's word too, so that what one of them stopped the other can start.
   */
  static final String REMEMBERED = "mooring.io/migration-replicas";

  /** Tells what a stateful set did with claims of pods that it has no more. */
  static final String CLAIMS_BEFORE = "mooring.io/migration-claims-when-scaled";

  /** Field of a stateful set: what becomes of its claims. */
  static final String CLAIM_POLICY = "persistentVolumeClaimRetentionPolicy";

  static final String STRIMZI_GROUP = "kafka.strimzi.io";

  private static final String WHEN_SCALED = "whenScaled";
  private static final String RETAIN = "Retain";
  private static final String PAUSE = "strimzi.io/pause-reconciliation";

  private static final Map<String, Workload> BUILT_IN =
      Map.of(
          "Deployment", REPLICAS,
          "StatefulSet", REPLICAS,
          "ReplicaSet", REPLICAS,
          "ReplicationController", REPLICAS,
          "DaemonSet", DAEMON,
          "CronJob", CLOCK);

  private static final Set<String> OF_STRIMZI =
      Set.of("Kafka", "KafkaConnect", "KafkaMirrorMaker2", "KafkaBridge");

  /** How an object is stopped; empty if nobody runs pods for it, as far as is known here. */
  static Optional<Workload> of(JsonNode object) {
    String kind = Fields.kind(object);
    String group = Fields.group(object);
    if (group.equals(STRIMZI_GROUP)) {
      return OF_STRIMZI.contains(kind) ? Optional.of(STRIMZI) : Optional.empty();
    }
    return group.isEmpty() || group.equals("apps") || group.equals("batch")
        ? Optional.ofNullable(BUILT_IN.get(kind))
        : Optional.empty();
  }

  /** How many pods are wanted now. */
  abstract int desired(JsonNode object);

  /** Whether it runs nothing, and begins nothing. */
  boolean isStopped(JsonNode object) {
    return desired(object) == 0;
  }

  /**
   * Stops an object and remembers what it was; one that is stopped stays as it is.
   *
   * @return whether anything was changed
   */
  abstract boolean stop(ObjectNode object);

  /**
   * Makes an object what it was before a migration stopped it.
   *
   * @return whether anything was changed
   */
  abstract boolean start(ObjectNode object);
}
