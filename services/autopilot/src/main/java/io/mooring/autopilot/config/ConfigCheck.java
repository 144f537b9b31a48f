package io.mooring.autopilot.config;

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
    if (!check.problems.isEmpty()) {
      throw new InvalidConfigException(check.problems);
    }
    return new AutopilotSettings(
        EventHeaders.source("autopilot", config.instance()),
        config.samples().ageMax(),
        config.resize().retryAfter(),
        config.resize().commandLifetime());
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
