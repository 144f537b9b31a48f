package io.mooring.autopilot.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.decision.VolumeWatch;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.rule.QueryTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Rules and volumes as the topology shows them to others, without a topology. */
public final class QueriedParts {

  private final VolumeWatch watch = new VolumeWatch(Duration.ofSeconds(30));
  private final RuleLibrary rules;
  private final LiveVolumes volumes = new LiveVolumes();
  private final Map<String, WatchedVolume> owned = volumes.own(0);
  private final AutopilotParts parts;

  public QueriedParts(QueryTerms terms) {
    this.rules = new RuleLibrary(terms);
    ObjectBoard objects = new ObjectBoard();
    this.parts =
        new AutopilotParts(
            new AutopilotSettings(
                "/mooring/autopilot/test",
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5)),
            rules,
            volumes,
            objects,
            new AutopilotMetrics(new SimpleMeterRegistry(), rules, volumes, objects));
  }

  public AutopilotParts parts() {
    return parts;
  }

  public void volume(String id, Map<String, String> labels) {
    owned.put(id, watch.described(null, new VolumeFacts(id, id, 400L << 20, labels)));
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
