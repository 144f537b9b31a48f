package io.mooring.autopilot.config;

import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.stream.AutopilotSettings;
import io.mooring.schemas.EventHeaders;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the configuration as a whole. */
public final class ConfigCheck {

  private static final Duration DAY = Duration.ofDays(1);

  private final List<String> problems = new ArrayList<>();

  private ConfigCheck() {}

  /**
   * What the topology needs of a configuration.
   *
   * @throws InvalidConfigException with every problem that was found
   */
  public static AutopilotSettings check(AutopilotConfig config) {
    ConfigCheck check = new ConfigCheck();
    check.instance(config.instance());
    check.registry(config.registry().url());
    check.between("samples.age-max", config.samples().ageMax(), Duration.ofSeconds(1));
    check.between("resize.retry-after", config.resize().retryAfter(), Duration.ofSeconds(1));
    check.between(
        "resize.command-lifetime", config.resize().commandLifetime(), Duration.ofSeconds(10));
    check.between("what-if.time-max", config.whatIf().timeMax(), Duration.ofSeconds(1));
    config.rulesFile().ifPresent(check::rulesFile);
    check.prometheus(config.prometheus());
    check.between(
        "kubernetes.lease-duration", config.kubernetes().leaseDuration(), Duration.ofSeconds(3));
    if (!check.problems.isEmpty()) {
      throw new InvalidConfigException(check.problems);
    }
    return new AutopilotSettings(
        EventHeaders.source("autopilot", config.instance()),
        config.samples().ageMax(),
        config.resize().retryAfter(),
        config.resize().commandLifetime());
  }

  /** On which terms rules are read under a configuration. */
  public static QueryTerms terms(AutopilotConfig config) {
    AutopilotConfig.Prometheus server = config.prometheus();
    return server.url().isEmpty()
        ? QueryTerms.NONE
        : new QueryTerms(true, server.pollIntervalMin(), server.lookBack());
  }

  private void prometheus(AutopilotConfig.Prometheus server) {
    server
        .url()
        .ifPresent(url -> {
          if (!url.isAbsolute() || url.getHost() == null || !url.getScheme().matches("https?")) {
            problems.add(
                "CFG-064 mooring.autopilot.prometheus.url is '%s'. Queries are asked there."
                        .formatted(url)
                    + " Set it to a server with Prometheus's API, such as http://prometheus:9090.");
          }
        });
    between("prometheus.timeout", server.timeout(), Duration.ofMillis(100));
    between("prometheus.poll-interval-min", server.pollIntervalMin(), Duration.ofSeconds(1));
    between("prometheus.look-back", server.lookBack(), Duration.ofSeconds(1));
    if (server.authorization().isPresent() && server.bearerFile().isPresent()) {
      problems.add(
          "CFG-065 mooring.autopilot.prometheus.authorization and bearer-file are both set. A"
              + " request has one of them. Remove the other.");
    }
    server
        .bearerFile()
        .filter(file -> !Files.isReadable(file) || Files.isDirectory(file))
        .ifPresent(file ->
            problems.add(
                "CFG-066 mooring.autopilot.prometheus.bearer-file '%s' cannot be read. No query"
                        .formatted(file)
                    + " would be answered. Correct the path or its permissions."));
  }

  private void instance(String name) {
    if (!name.matches("[A-Za-z0-9._:-]{1,100}")) {
      problems.add(
          "CFG-060 mooring.autopilot.instance is '%s'. It is part of the source of events."
                  .formatted(name)
              + " Use letters, digits, '.', '_', ':' and '-'.");
    }
  }

  private void registry(URI url) {
    if (!url.isAbsolute()) {
      problems.add(
          "CFG-061 mooring.autopilot.registry.url is '%s'. Records are written with schemas from it."
                  .formatted(url)
              + " Set it to the registry's API, such as http://registry:8085/apis/registry/v3.");
    }
  }

  private void between(String key, Duration value, Duration min) {
    if (value.compareTo(min) < 0 || value.compareTo(DAY) > 0) {
      problems.add(
          "CFG-062 mooring.autopilot.%s is %s. Shorter never succeeds, longer forgets its purpose."
                  .formatted(key, value)
              + " Set it from %s to %s.".formatted(min, DAY));
    }
  }

  private void rulesFile(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      problems.add(
          "CFG-063 mooring.autopilot.rules-file '%s' cannot be read. Volumes would not be watched."
                  .formatted(file)
              + " Correct the path, or leave it out and put rules in use over REST.");
    }
  }
}
