package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.mooring.migrator.control.ResourceOwner;
import java.util.Comparator;
import java.util.Objects;

/** A resource as the API server had it last. */
record Manifest(GenericKubernetesResource resource) {

  /** Who was first has a name. */
  static final Comparator<Manifest> BY_AGE =
      Comparator.comparing((Manifest manifest) ->
              Objects.requireNonNullElse(
                  manifest.resource.getMetadata().getCreationTimestamp(), ""))
          .thenComparing(Manifest::namespace)
          .thenComparing(Manifest::name);

  String name() {
    return resource.getMetadata().getName();
  }

  String namespace() {
    return Objects.requireNonNullElse(resource.getMetadata().getNamespace(), "");
  }

  String uid() {
    return Objects.requireNonNullElse(resource.getMetadata().getUid(), "");
  }

  /** Somebody has deleted it, and somebody else keeps it for a while. */
  boolean isGoing() {
    return resource.getMetadata().getDeletionTimestamp() != null;
  }

  Fields spec() {
    return Fields.of(resource.getAdditionalProperties().get("spec"));
  }

  Fields status() {
    return Fields.of(resource.getAdditionalProperties().get("status"));
  }

  ResourceOwner owner() {
    return new ResourceOwner(namespace(), name());
  }

  ObjectReference reference() {
    return new ObjectReferenceBuilder()
        .withApiVersion(resource.getApiVersion())
        .withKind(resource.getKind())
        .withNamespace(namespace())
        .withName(name())
        .withUid(uid())
        .build();
  }
}
