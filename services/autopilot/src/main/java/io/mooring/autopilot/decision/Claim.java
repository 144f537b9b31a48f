package io.mooring.autopilot.decision;

import java.util.Map;

/** What Kubernetes knows about a volume: the claim that it belongs to, and the labels there. */
public record Claim(
    String namespace,
    String name,
    Map<String, String> labels,
    Map<String, String> namespaceLabels) {

  public Claim {
    labels = Map.copyOf(labels);
    namespaceLabels = Map.copyOf(namespaceLabels);
  }
}
