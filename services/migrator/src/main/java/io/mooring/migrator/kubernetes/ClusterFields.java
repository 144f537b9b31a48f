package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the cluster adds to objects by itself: it means nothing on another cluster, and part of it
 * changes without anybody's doing. It is taken off when objects are read, and kept where they are
 * written over.
 */
final class ClusterFields {

  private static final List<String> METADATA =
      List.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "managedFields",
          "finalizers");

  private static final Set<String> ANNOTATIONS =
      Set.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          "control-plane.alpha.kubernetes.io/leader",
          "endpoints.kubernetes.io/last-change-trigger-time",
          ObjectWriter.WRITTEN);

  private static final Pattern ANNOTATIONS_OF_CONTROLLERS =
      Pattern.compile(
          "deployment\\.kubernetes\\.io/.*|deprecated\\.daemonset\\.template\\.generation"
              + "|pv\\.kubernetes\\.io/.*|volume(\\.beta)?\\.kubernetes\\.io/(selected-node"
              + "|storage-provisioner|storage-resizer|provisioner-deletion-secret-.*)"
              + "|autoscaling\\.alpha\\.kubernetes\\.io/(conditions|current-metrics)"
              + "|batch\\.kubernetes\\.io/.*|openshift\\.io/sa\\.scc\\..*");

  private ClusterFields() {}

  /** Takes off what belongs to the cluster, in place. */
  static void strip(ObjectNode object) {
    object.remove("status");
    ObjectNode metadata = object.withObject("/metadata");
    metadata.remove(METADATA);
    for (String annotation : annotations(object)) {
      Fields.dropAnnotation(object, annotation);
    }
    template(object);
    switch (Fields.kind(object)) {
      case "Namespace" -> {
        object.remove("spec");
        Fields.dropLabel(object, "kubernetes.io/metadata.name");
      }
      case "Service" -> service(object.withObject("/spec"));
      case "ServiceAccount" -> object.remove("secrets");
      case "PersistentVolumeClaim" -> {
        if (!object.path("spec").path("volumeName").asText().isEmpty()) {
          // Its data comes with its volume, whatever it was made from.
          object.withObject("/spec").remove(List.of("dataSource", "dataSourceRef"));
        }
      }
      default -> {
        // What others say is what somebody asked for.
      }
    }
  }

  private static void template(ObjectNode object) {
    if (object.path("spec").path("template").path("metadata") instanceof ObjectNode metadata) {
      metadata.remove("creationTimestamp");
    }
    for (JsonNode claim : object.path("spec").path("volumeClaimTemplates")) {
      ((ObjectNode) claim).remove("status");
      if (claim.path("metadata") instanceof ObjectNode metadata) {
        metadata.remove("creationTimestamp");
      }
    }
  }

  /** Addresses and ports of nodes are the cluster's; that a service has none is not. */
  private static void service(ObjectNode spec) {
    if (!spec.path("clusterIP").asText().equals("None")) {
      spec.remove(List.of("clusterIP", "clusterIPs"));
    }
    spec.remove(List.of("ipFamilies", "healthCheckNodePort"));
    for (JsonNode port : spec.path("ports")) {
      ((ObjectNode) port).remove("nodePort");
    }
  }

  private static List<String> annotations(JsonNode object) {
    List<String> own = new ArrayList<>();
    object
        .path("metadata")
        .path("annotations")
        .fieldNames()
        .forEachRemaining(key -> {
          if (ANNOTATIONS.contains(key) || ANNOTATIONS_OF_CONTROLLERS.matcher(key).matches()) {
            own.add(key);
          }
        });
    return own;
  }

  /** Gives an object that is to be written over what the cluster had added to it. */
  static void keep(ObjectNode wanted, JsonNode here) {
    ObjectNode metadata = wanted.withObject("/metadata");
    for (String field : List.of("uid", "resourceVersion", "finalizers", "ownerReferences")) {
      keep(metadata, here.path("metadata"), field);
    }
    for (String annotation : annotations(here)) {
      if (Fields.annotation(wanted, annotation).isEmpty()) {
        Fields.annotate(wanted, annotation, Fields.annotation(here, annotation));
      }
    }
    keep(wanted, here, "status");
    switch (Fields.kind(wanted)) {
      case "Service" -> keepService(wanted.withObject("/spec"), here.path("spec"));
      case "ServiceAccount" -> keep(wanted, here, "secrets");
      case "PersistentVolumeClaim" -> keepClaim(wanted, here.path("spec"));
      default -> {
        // The cluster adds nothing to what others say.
      }
    }
  }

  private static void keepService(ObjectNode spec, JsonNode here) {
    for (String field :
        List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort")) {
      keep(spec, here, field);
    }
    for (JsonNode port : spec.path("ports")) {
      for (JsonNode other : here.path("ports")) {
        if (other.path("port").equals(port.path("port"))
            && other.path("protocol").equals(port.path("protocol"))) {
          keep((ObjectNode) port, other, "nodePort");
        }
      }
    }
  }

  /** Only the size of a claim can change, and only upwards. */
  private static void keepClaim(ObjectNode wanted, JsonNode here) {
    JsonNode resources = wanted.path("spec").path("resources");
    JsonNode volume = wanted.path("spec").path("volumeName");
    ObjectNode spec = here.deepCopy();
    if (size(resources).compareTo(size(here.path("resources"))) > 0) {
      spec.set("resources", resources);
    }
    if (spec.path("volumeName").asText().isEmpty() && !volume.isMissingNode()) {
      spec.set("volumeName", volume);
    }
    wanted.set("spec", spec);
  }

  private static BigDecimal size(JsonNode resources) {
    String size = resources.path("requests").path("storage").asText();
    return size.isEmpty() ? BigDecimal.ZERO : Quantity.getAmountInBytes(new Quantity(size));
  }

  private static void keep(ObjectNode wanted, JsonNode here, String field) {
    if (!wanted.has(field) && here.has(field)) {
      wanted.set(field, here.get(field).deepCopy());
    }
  }
}
