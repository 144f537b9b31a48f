package io.mooring.failoverdetector.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.failoverdetector.liveness.LivenessSettings;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorSettingsTest {

  private static final String PREFIX = "mooring.detector.";

  @Test
  void defaultsAreValidAndThoseOfTheJudge() {
    assertThat(DetectorSettings.check(config(Map.of()))).isEqualTo(LivenessSettings.defaults());
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    List<String> problems =
        problems(
            Map.of(
                "votes.majority", "0.4",
                "verdict.agent-grace", "5s",
                "clusters.orders.bootstrap-servers", "nowhere"));

    assertThat(problems).hasSize(3);
    assertThat(problems)
        .anySatisfy(problem ->
            assertThat(problem)
                .contains("mooring.detector.votes.majority=0.4")
                .contains("half of the voters is no majority"))
        .anySatisfy(problem ->
            assertThat(problem)
                .contains("mooring.detector.verdict.agent-grace=5000ms must be at least")
                .contains("stalled-grace=10000ms"))
        .anySatisfy(problem ->
            assertThat(problem)
                .contains("mooring.detector.clusters.orders.bootstrap-servers=nowhere"));
  }

  @ParameterizedTest
  @CsvSource({
    "heartbeats.interval,0s",
    "own.tick,0s",
    "own.pause-limit,60ms",
    "votes.window,300ms",
    "votes.stalled-limit,0s",
    "verdict.min-silence,500ms",
    "verdict.min-unreachable,0s",
    "verdict.stalled-grace,500ms",
    "verdict.up-beats,0",
    "votes.majority,1",
    "votes.majority,NaN",
    "suspicion.phi,0",
    "suspicion.window,0",
    "disks.sick-beats,0",
    "disks.healthy-beats,-1",
    "brokers.poll-interval,0s",
    "clusters.Orders!.bootstrap-servers,b:9092"
  })
  void refusesWhatCannotWork(String key, String value) {
    assertThat(problems(Map.of(key, value)))
        .anySatisfy(problem ->
            assertThat(problem).contains(PREFIX + key.replace(".bootstrap-servers", "")));
  }

  @Test
  void unknownKeysAreRefused() {
    var refused =
        catchThrowableOfType(
            ConfigValidationException.class, () -> config(Map.of("verdict.min-silenc", "1s")));

    assertThat(refused).hasMessageContaining("mooring.detector.verdict.min-silenc");
  }

  private static List<String> problems(Map<String, String> settings) {
    var refused =
        catchThrowableOfType(
            InvalidSettingsException.class, () -> DetectorSettings.check(config(settings)));
    assertThat(refused).hasMessageStartingWith("DET-001");
    return refused.problems();
  }

  private static DetectorConfig config(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put(PREFIX + "registry.url", "http://registry:8085/apis/registry/v3");
    settings.forEach((key, value) -> all.put(PREFIX + key, value));
    return new SmallRyeConfigBuilder()
        .withMapping(DetectorConfig.class)
        .withConverter(Duration.class, 200, new DurationConverter())
        .withSources(new PropertiesConfigSource(all, "test", 100))
        .build()
        .getConfigMapping(DetectorConfig.class);
  }
}
