package io.mooring.migrator.control;

import java.util.Optional;

/**
 * A Kubernetes resource from which something on the control topics comes, as they name who asked.
 * What a resource says is changed there alone, or the two would replace each other for ever.
 */
public record ResourceOwner(String namespace, String name) {

  private static final String KUBERNETES = "kubernetes ";

  /** The resource that is named as who asked; empty if it was somebody else. */
  public static Optional<ResourceOwner> of(String requestedBy) {
    int slash = requestedBy.indexOf('/');
    return requestedBy.startsWith(KUBERNETES) && slash > KUBERNETES.length()
        ? Optional.of(
            new ResourceOwner(
                requestedBy.substring(KUBERNETES.length(), slash),
                requestedBy.substring(slash + 1)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return KUBERNETES + namespace + "/" + name;
  }
}
