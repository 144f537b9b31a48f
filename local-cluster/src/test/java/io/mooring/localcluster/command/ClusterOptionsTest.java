package io.mooring.localcluster.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.kafka.VolumeFormat;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

class ClusterOptionsTest {

  @Test
  void theDefaultIsThePapersFailoverTest() {
    ClusterSettings settings = parse();

    assertThat(settings.name()).isEqualTo("mooring");
    assertThat(settings.nodes()).isEqualTo(4);
    assertThat(settings.controlNodes()).isOne();
    assertThat(settings.kafka()).isEqualTo(new ClusterSettings.KafkaSize(3, 4, 8L << 30));
    assertThat(settings.disks()).isEmpty();
  }

  @Test
  void everythingCanBeChosen() {
    ClusterSettings settings =
        parse(
            "--name",
            "small",
            "--nodes",
            "2",
            "--brokers",
            "2",
            "--controllers",
            "1",
            "--control-nodes",
            "3",
            "--volume-size",
            "512Mi",
            "--disk-size",
            "2Gi",
            "--disk-max",
            "4Gi",
            "--fs",
            "xfs",
            "--rules",
            "pom.xml");

    assertThat(settings.name()).isEqualTo("small");
    assertThat(settings.kafka())
        .isEqualTo(new ClusterSettings.KafkaSize(1, 2, 512L << 20, VolumeFormat.XFS));
    assertThat(settings.controlNodes()).isEqualTo(3);
    assertThat(settings.disks())
        .contains(new ClusterSettings.DiskSize(2L << 30, OptionalLong.of(4L << 30)));
    assertThat(settings.services().rules()).contains(Path.of("pom.xml").toAbsolutePath());
  }

  @Test
  void aMigratorUsesTheStoreOfItsOwnClusterOrOfAnotherOne() {
    assertThat(parse().services().store()).isEmpty();
    assertThat(parse("--name", "east", "--migration").services().store()).contains("east");
    assertThat(parse("--name", "west", "--store-of", "east").services().store()).contains("east");
    assertThatThrownBy(() -> parse("--migration", "--store-of", "east"))
        .hasMessageStartingWith("LCL-009");
    assertThatThrownBy(() -> parse("--store-of", "../east")).hasMessageStartingWith("LCL-009");
  }

  @Test
  void withoutBrokersThereIsNoQuorumEither() {
    assertThat(parse("--brokers", "0").kafka().controllers()).isZero();
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThatThrownBy(() ->
            parse(
                "--name",
                "Big_One",
                "--nodes",
                "0",
                "--control-nodes",
                "2",
                "--volume-size",
                "1",
                "--rules",
                "no/such/rules.yaml"))
        .isInstanceOf(LocalClusterException.class)
        .hasMessageStartingWith("LCL-009")
        .hasMessageContaining("Big_One")
        .hasMessageContaining("nodes must be 1 to 200 but are 0")
        .hasMessageContaining("control nodes must be 1 or 3")
        .hasMessageContaining("64 MiB")
        .hasMessageContaining("no/such/rules.yaml");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "4096, 4096", "1Ki, 1024", "512Mi, 536870912", "2Gi, 2147483648"})
  void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
    assertThat(new ClusterOptions.ByteSize().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Gi", "1G", "1 Gi", "-1", "99999999999Ti"})
  void otherSizesAreRefused(String text) {
    assertThatThrownBy(() -> new ClusterOptions.ByteSize().convert(text))
        .isInstanceOf(TypeConversionException.class);
  }

  private static ClusterSettings parse(String... arguments) {
    ClusterOptions options = new ClusterOptions();
    new CommandLine(new Probe(options))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments);
    return options.settings();
  }

  @CommandLine.Command(name = "probe")
  private static final class Probe {

    @CommandLine.Mixin private final ClusterOptions options;

    Probe(ClusterOptions options) {
      this.options = options;
    }
  }
}
