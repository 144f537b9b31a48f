package io.mooring.autopilot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.stream.AutopilotSettings;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigCheckTest {

  private static final Map<String, String> REQUIRED =
      Map.of("mooring.autopilot.registry.url", "http://registry:8085/apis/registry/v3");

  @Test
  void theDefaultsAreUsable() {
    assertThat(ConfigCheck.check(config(REQUIRED)))
        .isEqualTo(
            new AutopilotSettings(
                "/mooring/autopilot/autopilot",
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5)));
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    AutopilotConfig config =
        config(
            Map.of(
                "mooring.autopilot.instance", "a b",
                "mooring.autopilot.registry.url", "registry",
                "mooring.autopilot.samples.age-max", "0s",
                "mooring.autopilot.resize.retry-after", "48h",
                "mooring.autopilot.resize.command-lifetime", "1s",
                "mooring.autopilot.rules-file", "/does/not/exist.yaml"));

    assertThatThrownBy(() -> ConfigCheck.check(config))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContainingAll(
            "CFG-060",
            "CFG-061",
            "mooring.autopilot.samples.age-max",
            "mooring.autopilot.resize.retry-after",
            "mooring.autopilot.resize.command-lifetime",
            "CFG-063 mooring.autopilot.rules-file '/does/not/exist.yaml'");
  }

  @Test
  void aServerForQueriesIsCheckedAndSetsTheTerms() {
    assertThat(ConfigCheck.terms(config(REQUIRED)).answered()).isFalse();
    Map<String, String> values = new HashMap<>(REQUIRED);
    values.put("mooring.autopilot.prometheus.url", "http://prometheus:9090");
    assertThat(ConfigCheck.terms(config(values)))
        .isEqualTo(new QueryTerms(true, Duration.ofSeconds(10), Duration.ofMinutes(5)));

    values.put("mooring.autopilot.prometheus.url", "prometheus:9090");
    values.put("mooring.autopilot.prometheus.authorization", "Basic abc");
    values.put("mooring.autopilot.prometheus.bearer-file", "/does/not/exist");
    values.put("mooring.autopilot.prometheus.poll-interval-min", "0s");
    assertThatThrownBy(() -> ConfigCheck.check(config(values)))
        .hasMessageContainingAll("CFG-064", "CFG-065", "CFG-066", "prometheus.poll-interval-min");
  }

  private static AutopilotConfig config(Map<String, String> values) {
    return new SmallRyeConfigBuilder()
        .withMapping(AutopilotConfig.class)
        .withConverter(Duration.class, 200, new DurationConverter())
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .build()
        .getConfigMapping(AutopilotConfig.class);
  }
}
