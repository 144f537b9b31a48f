package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.mooring.migrator.control.ResourceOwner;
import java.util.Optional;

/**
 * Whether a resource is gone, by the API server's own word: what was heard may be older than what
 * another leader has heard and acted on.
 */
record Presence(KubernetesClient client) {

  /**
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if it cannot be asked
   */
  boolean isGone(ResourceDefinitionContext kind, ResourceOwner owner) {
    return found(kind, owner).isEmpty();
  }

  /** Its uid; empty if there is none of this name, or it is being deleted. */
  Optional<String> found(ResourceDefinitionContext kind, ResourceOwner owner) {
    GenericKubernetesResource resource =
        client
            .genericKubernetesResources(kind)
            .inNamespace(owner.namespace())
            .withName(owner.name())
            .get();
    return Optional.ofNullable(resource)
        .map(Manifest::new)
        .filter(manifest -> !manifest.isGoing())
        .map(Manifest::uid);
  }
}
