package io.mooring.failoverdetector.config;

import io.mooring.failoverdetector.liveness.LivenessSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Checks the configuration as a whole and turns it into the judge's constants. */
public final class DetectorSettings {

  private static final String PREFIX = "mooring.detector.";
  private static final Pattern SERVERS =
      Pattern.compile("[^\\s,:]+:\\d{1,5}(,[^\\s,:]+:\\d{1,5})*");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** A setting with the name that the operator typed. */
  private record Named(String key, Duration value) {
    @Override
    public String toString() {
      return PREFIX + key + "=" + value.toMillis() + "ms";
    }
  }

  private final List<String> problems = new ArrayList<>();

  private DetectorSettings() {}

  /**
   * The judge's constants.
   *
   * @throws InvalidSettingsException with all problems, if there are any
   */
  public static LivenessSettings check(DetectorConfig config) {
    DetectorSettings settings = new DetectorSettings();
    settings.checkDurations(config);
    settings.checkNumbers(config);
    settings.checkClusters(config);
    if (!settings.problems.isEmpty()) {
      throw new InvalidSettingsException(settings.problems);
    }
    return liveness(config);
  }

  /** Whether that can be the name of a cluster; names become record keys and parts of URLs. */
  public static boolean isClusterName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether that is a list of host:port pairs. */
  public static boolean areBootstrapServers(String servers) {
    return SERVERS.matcher(servers).matches();
  }

  private void checkDurations(DetectorConfig config) {
    Named beat = new Named("heartbeats.interval", config.heartbeats().interval());
    Named window = new Named("votes.window", config.votes().window());
    Named minSilence = new Named("verdict.min-silence", config.verdict().minSilence());
    Named stalledGrace = new Named("verdict.stalled-grace", config.verdict().stalledGrace());
    Named agentGrace = new Named("verdict.agent-grace", config.verdict().agentGrace());
    Named tick = new Named("own.tick", config.own().tick());
    Named pauseLimit = new Named("own.pause-limit", config.own().pauseLimit());
    checkPositive(
        List.of(
            beat,
            tick,
            new Named("votes.stalled-limit", config.votes().stalledLimit()),
            new Named("suspicion.min-deviation", config.suspicion().minDeviation()),
            new Named("verdict.min-unreachable", config.verdict().minUnreachable()),
            new Named("heartbeats.age-limit", config.heartbeats().ageLimit()),
            new Named("brokers.poll-interval", config.brokers().pollInterval()),
            new Named("brokers.request-timeout", config.brokers().requestTimeout()),
            new Named("brokers.retention-interval", config.brokers().retentionInterval())));
    checkAtLeast(window, 2, beat, "a voter may lose one beat");
    checkAtLeast(minSilence, 1, window, "a silence in which nobody could vote proves nothing");
    checkAtLeast(stalledGrace, 1, minSilence, "an agent that is merely stalled gets longer");
    checkAtLeast(agentGrace, 1, stalledGrace, "a restart takes longer than a stall");
    checkAtLeast(pauseLimit, 2, tick, "each tick would count as a pause");
  }

  private void checkNumbers(DetectorConfig config) {
    double majority = config.votes().majority();
    if (!(majority >= 0.5 && majority < 1)) {
      problems.add(
          PREFIX
              + "votes.majority="
              + majority
              + " must be at least 0.5 and below 1: half of the"
              + " voters is no majority, and more than all is impossible.");
    }
    if (!(config.suspicion().phi() > 0)) {
      problems.add(PREFIX + "suspicion.phi=" + config.suspicion().phi() + " must be positive.");
    }
    checkAtLeastOne("suspicion.window", config.suspicion().window());
    checkAtLeastOne("verdict.up-beats", config.verdict().upBeats());
    checkAtLeastOne("disks.sick-beats", config.disks().sickBeats());
    checkAtLeastOne("disks.healthy-beats", config.disks().healthyBeats());
  }

  private void checkClusters(DetectorConfig config) {
    config
        .clusters()
        .forEach((name, cluster) -> {
          if (!isClusterName(name)) {
            problems.add(
                PREFIX
                    + "clusters."
                    + name
                    + ": a name has lower-case letters, digits and"
                    + " hyphens, at most 63.");
          }
          if (!areBootstrapServers(cluster.bootstrapServers())) {
            problems.add(
                PREFIX
                    + "clusters."
                    + name
                    + ".bootstrap-servers="
                    + cluster.bootstrapServers()
                    + " must be host:port[,host:port...].");
          }
        });
  }

  private void checkPositive(List<Named> settings) {
    for (Named setting : settings) {
      if (setting.value().toMillis() <= 0) {
        problems.add(setting + " must be at least 1ms.");
      }
    }
  }

  private void checkAtLeast(Named setting, int times, Named other, String why) {
    if (setting.value().compareTo(other.value().multipliedBy(times)) < 0) {
      String factor = times == 1 ? "" : times + " times ";
      problems.add(setting + " must be at least " + factor + other + ": " + why + ".");
    }
  }

  private void checkAtLeastOne(String key, int value) {
    if (value < 1) {
      problems.add(PREFIX + key + "=" + value + " must be at least 1.");
    }
  }

  private static LivenessSettings liveness(DetectorConfig config) {
    return new LivenessSettings(
        new LivenessSettings.Cadence(
            config.heartbeats().interval().toMillis(),
            config.own().tick().toMillis(),
            config.own().pauseLimit().toMillis()),
        new LivenessSettings.Suspicion(
            config.suspicion().window(),
            config.suspicion().minDeviation().toMillis(),
            config.suspicion().phi(),
            config.suspicion().settle().toMillis()),
        new LivenessSettings.Voting(
            config.votes().window().toMillis(),
            config.votes().stalledLimit().toMillis(),
            config.heartbeats().ageLimit().toMillis(),
            config.votes().majority()),
        new LivenessSettings.Verdict(
            config.verdict().minSilence().toMillis(),
            config.verdict().minUnreachable().toMillis(),
            config.verdict().stalledGrace().toMillis(),
            config.verdict().agentGrace().toMillis()),
        new LivenessSettings.Hysteresis(
            config.verdict().upBeats(), config.disks().sickBeats(), config.disks().healthyBeats()));
  }
}
