package io.mooring.autopilot.decision;

import io.mooring.autopilot.expression.Metric.Subject;
import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.LabelSelector;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a volume or pool besides its measurements.
 *
 * @param id of a pool: node/pool; the id of a volume has no slash
 * @param sizeBytes size in the catalogue; 0 for a pool, which has no other size than the measured
 */
public record VolumeFacts(String id, String name, long sizeBytes, Map<String, String> labels) {

  /** Parameter in which CSI's provisioner tells the namespace of a claim. */
  private static final String NAMESPACE = "csi.storage.k8s.io/pvc/namespace";

  /** Parameter in which it tells the name of the claim. */
  private static final String CLAIM = "csi.storage.k8s.io/pvc/name";

  /** Label that Kubernetes gives to every namespace. */
  private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

  public VolumeFacts {
    labels = Map.copyOf(labels);
  }

  public VolumeFacts withSize(long bytes) {
    return new VolumeFacts(id, name, bytes, labels);
  }

  /** What kind of object it is. */
  public Subject subject() {
    return id.indexOf('/') < 0 ? Subject.VOLUME : Subject.POOL;
  }

  /**
   * Whether a rule is about the volume or pool: the labels of a volume's claim count before its
   * own. A volume without a namespace is in none that a selector could select.
   */
  public boolean isSelectedBy(AutopilotRule rule, @Nullable Claim claim) {
    if (rule.action().subject() != subject()) {
      return false;
    }
    AutopilotRule.Selection selection = rule.selection();
    return isInOneOf(selection.namespaces(), claim)
        && selection.objects().matches(claim == null ? labels : joined(labels, claim.labels()));
  }

  private boolean isInOneOf(LabelSelector namespaces, @Nullable Claim claim) {
    String namespace = claim == null ? labels.getOrDefault(NAMESPACE, "") : claim.namespace();
    Map<String, String> known = claim == null ? Map.of() : claim.namespaceLabels();
    return namespaces.selectsAll()
        || !namespace.isEmpty()
            && namespaces.matches(joined(known, Map.of(NAMESPACE_NAME, namespace)));
  }

  private static Map<String, String> joined(Map<String, String> some, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  /** Namespace and name of the claim, as CSI's provisioner told them; empty where it did not. */
  public String claimNamespace() {
    return labels.getOrDefault(NAMESPACE, "");
  }

  public String claimName() {
    return labels.getOrDefault(CLAIM, "");
  }
}
