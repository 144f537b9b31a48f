package io.mooring.autopilot.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of brokers' log directories, and which volumes they are on: a claim of a stateful
 * set is named {@code template-pod}, and the broker sees the same file system as the agent. Where
 * that does not leave exactly one directory, the volume has no ceiling. Not thread-safe.
 */
public final class BrokerVolumes {

  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

  /** A pod, in its namespace. */
  public record Pod(String namespace, String name) {}

  /**
   * A log directory.
   *
   * @param fsSizeBytes size of its file system
   */
  public record LogDirectory(String path, long fsSizeBytes, RetentionCeiling ceiling) {}

  /**
   * What a broker said.
   *
   * @param name its name among all brokers
   * @param at when it was asked
   */
  public record Broker(Pod pod, String name, Instant at, List<LogDirectory> directories) {
    public Broker {
      directories = List.copyOf(directories);
    }
  }

  private final Map<Pod, Map<String, Broker>> brokers = new HashMap<>();

  /** A broker was asked. */
  public void told(Broker broker) {
    Instant oldest = broker.at().minus(FORGOTTEN_AFTER);
    brokers.values().forEach(named -> named.values().removeIf(old -> old.at().isBefore(oldest)));
    brokers.values().removeIf(Map::isEmpty);
    Pod pod = broker.pod();
    if (!pod.name().isEmpty() && !pod.namespace().isEmpty()) {
      brokers.computeIfAbsent(pod, _ -> new HashMap<>()).put(broker.name(), broker);
    }
  }

  /** Null if it is not known what Kafka keeps on the volume. */
  public @Nullable RetentionCeiling ceilingOf(WatchedVolume volume, UsageSample measured) {
    if (brokers.isEmpty() || !measured.hasFileSystem()) {
      return null;
    }
    Claim claim = volume.claim();
    String namespace = claim == null ? volume.facts().claimNamespace() : claim.namespace();
    String name = claim == null ? volume.facts().claimName() : claim.name();
    // The longest name of a pod that fits: my-kafka-0 before kafka-0.
    for (int dash = name.indexOf('-'); dash >= 0; dash = name.indexOf('-', dash + 1)) {
      var known = brokers.get(new Pod(namespace, name.substring(dash + 1)));
      if (known != null) {
        return known.size() == 1
            ? ceilingOf(volume, measured, known.values().iterator().next(), name.substring(0, dash))
            : null;
      }
    }
    return null;
  }

  private static @Nullable RetentionCeiling ceilingOf(
      WatchedVolume volume, UsageSample measured, Broker broker, String template) {
    List<LogDirectory> candidates = new ArrayList<>(broker.directories());
    if (candidates.size() > 1) {
      // A broker with several volumes has each mounted at a place of its name.
      candidates.removeIf(directory -> !List.of(directory.path().split("/")).contains(template));
    }
    return candidates.size() == 1 && isOn(candidates.getFirst(), volume, measured)
        ? candidates.getFirst().ceiling()
        : null;
  }

  /** A broker that was asked before the volume grew saw a smaller file system. */
  private static boolean isOn(LogDirectory directory, WatchedVolume volume, UsageSample measured) {
    Extent extent = Extent.after(volume.extent(), measured);
    boolean grownSince = directory.ceiling().at().isBefore(extent.since());
    return directory.fsSizeBytes() == measured.fsSizeBytes()
        || grownSince && directory.fsSizeBytes() < measured.fsSizeBytes();
  }
}
