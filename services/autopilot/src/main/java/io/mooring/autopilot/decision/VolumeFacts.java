package io.mooring.autopilot.decision;

import io.mooring.autopilot.rule.AutopilotRule;
import java.util.Map;

/** What is known about a volume besides its measurements. */
public record VolumeFacts(String id, String name, long sizeBytes, Map<String, String> labels) {

  /** Parameter in which CSI's provisioner tells the namespace of a claim. */
  private static final String NAMESPACE = "csi.storage.k8s.io/pvc/namespace";

  /** Label that Kubernetes gives to every namespace. */
  private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

  public VolumeFacts {
    labels = Map.copyOf(labels);
  }

  public VolumeFacts withSize(long bytes) {
    return new VolumeFacts(id, name, bytes, labels);
  }

  /** A volume without a namespace is in none that a selector could select. */
  public boolean isSelectedBy(AutopilotRule rule) {
    AutopilotRule.Selection selection = rule.selection();
    String namespace = labels.getOrDefault(NAMESPACE, "");
    boolean inNamespace =
        selection.namespaces().selectsAll()
            || !namespace.isEmpty()
                && selection.namespaces().matches(Map.of(NAMESPACE_NAME, namespace));
    return inNamespace && selection.objects().matches(labels);
  }
}
