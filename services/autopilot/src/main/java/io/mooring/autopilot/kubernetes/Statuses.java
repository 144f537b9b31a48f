package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;

/** Writes statuses as a whole, so that nothing of an earlier one stays. */
final class Statuses {

  private Statuses() {}

  static void replace(Resource<GenericKubernetesResource> resource, Map<String, ?> status) {
    Map<String, Object> replacement = Map.of("op", "add", "path", "/status", "value", status);
    resource
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON), Serialization.asJson(List.of(replacement)));
  }
}
