package io.mooring.autopilot.stream;

import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.rule.QueryTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Rules and volumes as the topology shows them to others, without a topology. */
public final class QueriedParts {

  private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
  private final RuleLibrary rules;
  private final PartitionObjects owned;
  private final AutopilotParts parts;

  public QueriedParts(QueryTerms terms) {
    this.parts = TestParts.create(terms);
    this.rules = parts.rules();
    this.owned = parts.volumes().own(0);
  }

  public AutopilotParts parts() {
    return parts;
  }

  public void volume(String id, Map<String, String> labels) {
    owned.put(watch.described(null, new VolumeFacts(id, id, 400L << 20, labels)));
  }

  public void pool(String node, String pool) {
    String id = node + "/" + pool;
    owned.put(
        watch.described(null, new VolumeFacts(id, id, 0, Map.of("node", node, "pool", pool))));
  }

  /** Rebalances when a query says so. */
  public void poolRule(String name, String query) {
    rules.put(
        name,
        """
        apiVersion: autopilot.libopenstorage.org/v1alpha1
        kind: AutopilotRule
        metadata:
          name: %s
        spec:
          pollInterval: 1
          conditions:
            expressions:
              - key: "%s"
                operator: Gt
                values: ["80"]
          actions:
            - name: openstorage.io.action.storagepool/rebalance
        """
            .formatted(name, query),
        "test",
        Instant.now());
  }

  /** The white paper's rule with a query for its key. */
  public void rule(String name, String query, int pollIntervalSeconds) {
    String yaml =
        Samples.rule("1000Mi", "")
            .replace("kafka-resize", name)
            .replace("100 * (px_volume_usage_bytes / px_volume_capacity_bytes)", query)
            .replace("pollInterval: 2", "pollInterval: " + pollIntervalSeconds);
    rules.put(name, yaml, "test", Instant.now());
  }

  public void remove(String name) {
    rules.remove(name);
  }
}
