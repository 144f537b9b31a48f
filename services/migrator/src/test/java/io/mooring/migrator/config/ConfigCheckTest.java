package io.mooring.migrator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigCheckTest {

  private static final long HEAP = 512L << 20;

  private static final Map<String, String> REQUIRED =
      Map.of(
          "mooring.migrator.registry.url", "http://registry:8085/apis/registry/v3",
          "mooring.migrator.volume-manager.url", "http://manager:8080",
          "mooring.migrator.store.endpoint", "https://s3:9000",
          "mooring.migrator.store.bucket", "backups",
          "mooring.migrator.store.access-key", "key",
          "mooring.migrator.store.secret-key", "secret");

  @Test
  void theDefaultsAreUsable() {
    assertThatCode(() -> ConfigCheck.check(config(Map.of()), HEAP)).doesNotThrowAnyException();
  }

  @Test
  void whatTheHeapCannotHoldIsRefusedWithTheNumbers() {
    MigratorConfig greedy =
        config(
            Map.of(
                "mooring.migrator.transfer.tasks-max", "4",
                "mooring.migrator.transfer.workers", "8"));
    assertThatThrownBy(() -> ConfigCheck.check(greedy, HEAP))
        .hasMessageContaining("CFG-086")
        .hasMessageContaining("tasks-max 4 and workers 8, which take 1472 MiB")
        .hasMessageContaining("has 512 MiB");
    assertThatCode(() -> ConfigCheck.check(greedy, 3 * HEAP)).doesNotThrowAnyException();
  }

  @Test
  void whatIsLeftOfTheHeapFindsDuplicatesWithinBounds() {
    MigratorConfig.Transfer transfer = config(Map.of()).transfer();
    assertThat(HeapBudget.of(transfer, HEAP).indexBytes()).isEqualTo(4L << 20);
    assertThat(HeapBudget.of(transfer, 1L << 30).indexBytes()).isEqualTo(68L << 20);
    assertThat(HeapBudget.of(transfer, 8L << 30).indexBytes()).isEqualTo(256L << 20);
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    MigratorConfig config =
        config(
            Map.of(
                "mooring.migrator.instance", "a b",
                "mooring.migrator.store.endpoint", "s3",
                "mooring.migrator.store.timeout", "0s",
                "mooring.migrator.store.prefix", "no-slash",
                "mooring.migrator.store.passphrase-file", "/does/not/exist",
                "mooring.migrator.application.url", "http://orchestrator:8084",
                "mooring.migrator.application.kubernetes.enabled", "true",
                "mooring.migrator.kubernetes.lease-duration", "1s",
                "mooring.migrator.transfer.tasks-max", "0"));
    assertThatThrownBy(() -> ConfigCheck.check(config, HEAP))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContainingAll(
            "CFG-080",
            "CFG-081 mooring.migrator.store.endpoint",
            "CFG-082 mooring.migrator.store.timeout",
            "CFG-082 mooring.migrator.kubernetes.lease-duration",
            "CFG-083",
            "CFG-084",
            "CFG-085",
            "CFG-089");
  }

  private static MigratorConfig config(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(REQUIRED);
    all.putAll(values);
    return new SmallRyeConfigBuilder()
        .withMapping(MigratorConfig.class)
        .withConverter(java.time.Duration.class, 200, new DurationConverter())
        .withSources(new PropertiesConfigSource(all, "test", 100))
        .build()
        .getConfigMapping(MigratorConfig.class);
  }
}
