package io.mooring.volumeagent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.schemas.PoolPriority;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigCheckTest {

  @TempDir Path directory;

  private final Map<String, String> keys = new HashMap<>();

  @BeforeEach
  void minimum() {
    set("node-id", "n1");
    set("host", "10.77.0.11");
    set("control.bootstrap-servers", "10.77.0.1:9092");
    set("control.registry-url", "http://10.77.0.1:8085/apis/registry/v3");
  }

  @Test
  void theMinimumIsEnoughAndTheRestHasDefaults() {
    AgentSettings settings = check();

    assertThat(settings.node())
        .isEqualTo(new NodeSettings("n1", "10.77.0.11", "", "", "", Map.of()));
    assertThat(settings.pools()).isEmpty();
    assertThat(settings.ports()).isEqualTo(new PortSettings("0.0.0.0", 7420, 7421, 10809, 7400));
    assertThat(settings.control().autoRegister()).isTrue();
    assertThat(settings.config().heartbeat().interval()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.config().heartbeat().descriptorInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.config().probe().interval()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.config().probe().timeout()).isEqualTo(Duration.ofMillis(400));
    assertThat(settings.config().probe().peersMax()).isEqualTo(16);
    assertThat(settings.config().canary().interval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.config().canary().limit()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.config().usage().interval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.config().csiSocket()).isEqualTo(Path.of("/run/mooring/csi.sock"));
    assertThat(settings.config().stateDir()).isEqualTo(Path.of("/var/lib/mooring/agent"));
  }

  @Test
  void everyKeyIsTakenOver() throws Exception {
    Path pool = Files.createDirectory(directory.resolve("nvme0"));
    set("region", "eu");
    set("zone", "eu-1");
    set("rack", "r7");
    set("labels.disk", "nvme");
    set("pools[0].id", "p1");
    set("pools[0].path", pool.toString());
    set("pools[0].priority", "high");
    set("pools[0].capacity", "10G");
    set("pools[0].labels.tier", "gold");
    set("bind-address", "127.0.0.1");
    set("ports.replication", "1");
    set("ports.probe", "2");
    set("ports.nbd", "0");
    set("ports.rest", "3");
    set("csi-socket", "/tmp/csi.sock");
    set("state-dir", "/tmp/state");
    set("attacher", "fuse");
    set("heartbeat.interval", "1s");
    set("heartbeat.descriptor-interval", "2s");
    set("probe.interval", "3s");
    set("probe.timeout", "4s");
    set("probe.peers-max", "5");
    set("canary.interval", "6s");
    set("canary.limit", "7s");
    set("usage.interval", "8s");
    set("control.auto-register", "false");

    AgentSettings settings = check();

    assertThat(settings.node())
        .isEqualTo(
            new NodeSettings("n1", "10.77.0.11", "eu", "eu-1", "r7", Map.of("disk", "nvme")));
    assertThat(settings.pools())
        .containsExactly(
            new PoolSettings(
                "p1",
                pool,
                PoolPriority.HIGH,
                Optional.of(10L << 30),
                Optional.empty(),
                Map.of("tier", "gold")));
    assertThat(settings.ports()).isEqualTo(new PortSettings("127.0.0.1", 1, 2, 0, 3));
    assertThat(settings.control())
        .isEqualTo(
            new ControlSettings(
                "10.77.0.1:9092", URI.create("http://10.77.0.1:8085/apis/registry/v3"), false));
    assertThat(settings.effective())
        .containsEntry("attacher", "fuse -> FUSE")
        .containsEntry("heartbeat.interval", "PT1S")
        .containsEntry("heartbeat.descriptor-interval", "PT2S")
        .containsEntry("probe.interval", "PT3S")
        .containsEntry("probe.timeout", "PT4S")
        .containsEntry("probe.peers-max", "5")
        .containsEntry("canary.interval", "PT6S")
        .containsEntry("canary.limit", "PT7S")
        .containsEntry("usage.interval", "PT8S")
        .containsEntry("csi-socket", "/tmp/csi.sock")
        .containsEntry("state-dir", "/tmp/state");
  }

  @Test
  void allProblemsAreNamedAtOnce() {
    keys.clear();
    set("node-id", "n 1");
    set("pools[0].id", "p1");
    set("pools[0].path", directory.toString());
    set("pools[0].priority", "fast");
    set("pools[1].id", "p1");
    set("pools[1].path", directory.resolve("missing").toString());
    set("ports.probe", "7420");
    set("ports.nbd", "70000");
    set("csi-socket", "/" + "x".repeat(200));
    set("attacher", "iscsi");
    set("probe.timeout", "1ms");
    set("probe.peers-max", "0");

    var invalid = catchThrowableOfType(InvalidConfigException.class, this::check);

    assertThat(invalid.problems())
        .extracting(
            problem -> problem.code() + " " + problem.key().substring("mooring.agent.".length()))
        .containsExactlyInAnyOrder(
            "CFG-021 node-id",
            "CFG-020 host",
            "CFG-020 control.bootstrap-servers",
            "CFG-020 control.registry-url",
            "CFG-023 pools[0].priority",
            "CFG-024 pools[1].id",
            "CFG-022 pools[1].path",
            "CFG-025 ports.probe",
            "CFG-025 ports.nbd",
            "CFG-026 csi-socket",
            "CFG-028 attacher",
            "CFG-027 probe.timeout",
            "CFG-027 probe.peers-max");
    assertThat(invalid).hasMessageContaining("13 problem(s)");
  }

  @Test
  void theKernelsNbdIsUsedWhereItIsUnlessToldOtherwise() {
    assertThat(check(true).attacher()).isEqualTo(AttacherRoute.NBD);
    assertThat(check(false).attacher()).isEqualTo(AttacherRoute.FUSE);

    set("attacher", "fuse");
    assertThat(check(true).attacher()).isEqualTo(AttacherRoute.FUSE);

    set("attacher", "nbd");
    assertThat(check(true).attacher()).isEqualTo(AttacherRoute.NBD);
    assertThatThrownBy(() -> check(false))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("CFG-028")
        .hasMessageContaining("modprobe nbd");
  }

  @Test
  void anUnknownKeyIsRefused() {
    set("heart-beat.interval", "1s");

    assertThatThrownBy(this::check).hasMessageContaining("heart-beat");
  }

  private void set(String key, String value) {
    keys.put("mooring.agent." + key, value);
  }

  private AgentSettings check() {
    return check(false);
  }

  private AgentSettings check(boolean kernelHasNbd) {
    return AgentConfigCheck.check(
        new SmallRyeConfigBuilder()
            .withConverter(MemorySize.class, 200, new MemorySizeConverter())
            .withConverter(Duration.class, 200, new DurationConverter())
            .withMapping(AgentConfig.class)
            .withSources(new PropertiesConfigSource(keys, "test", 100))
            .build()
            .getConfigMapping(AgentConfig.class),
        () -> kernelHasNbd);
  }
}
