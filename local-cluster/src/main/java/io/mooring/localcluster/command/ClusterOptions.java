package io.mooring.localcluster.command;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.ClusterSettings;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.kafka.VolumeFormat;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that say which cluster is meant and what it is made of. */
public final class ClusterOptions {

  @Option(
      names = "--name",
      defaultValue = "${sys:mooring.cluster:-mooring}",
      description = "Name of the cluster (${DEFAULT-VALUE}); clusters run side by side.")
  String name = "mooring";

  @Option(names = "--nodes", defaultValue = "4", description = "Nodes (${DEFAULT-VALUE}).")
  int nodes;

  @Option(
      names = "--brokers",
      defaultValue = "4",
      description = "Brokers of the Kafka cluster to look after (${DEFAULT-VALUE}); 0 for none.")
  int brokers;

  @Option(
      names = "--controllers",
      defaultValue = "3",
      description = "Controllers of that Kafka cluster (${DEFAULT-VALUE}).")
  int controllers;

  @Option(
      names = "--control-nodes",
      defaultValue = "1",
      description = "Kafka processes of the control topics, 1 or 3 (${DEFAULT-VALUE}).")
  int controlNodes;

  @Option(
      names = "--volume-size",
      defaultValue = "8Gi",
      converter = ByteSize.class,
      description = "Size of a broker's volume (${DEFAULT-VALUE}).")
  Long volumeBytes = 8L << 30;

  @Option(
      names = "--fs",
      defaultValue = "ext4",
      description =
          "File system of a broker's volume: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE});"
              + " only xfs grows without CAP_SYS_RESOURCE.")
  VolumeFormat format = VolumeFormat.EXT4;

  @Option(
      names = "--rules",
      description = "File with rules of the autopilot that are in use from the start.")
  @Nullable Path rules;

  @Option(
      names = "--disk-size",
      converter = ByteSize.class,
      description = "Gives each node a disk of its own of this size, which can be filled.")
  @Nullable Long diskBytes;

  @Option(
      names = "--disk-max",
      converter = ByteSize.class,
      description =
          "Lets agents grow these disks to this size; they then carry xfs, which grows while it is"
              + " mounted.")
  @Nullable Long diskMaxBytes;

  @Option(
      names = "--migration",
      description = "Start a migrator too, and an object store for it and for other clusters.")
  boolean migration;

  @Option(
      names = "--store-of",
      description =
          "Start a migrator that uses the object store of this cluster, which runs already.")
  @Nullable String storeOf;

  /** The settings that were asked for. */
  public ClusterSettings settings() {
    return new ClusterSettings(
        name,
        home(),
        nodes,
        controlNodes,
        new ClusterSettings.KafkaSize(brokers == 0 ? 0 : controllers, brokers, volumeBytes, format),
        disks(),
        new ClusterSettings.ServiceOptions(
            Optional.ofNullable(rules).map(Path::toAbsolutePath), store()));
  }

  private Optional<String> store() {
    if (migration && storeOf != null) {
      throw new LocalClusterException(
          "LCL-009",
          "The cluster's settings are wrong",
          "--migration makes an object store, and --store-of names another one",
          "Give one of the two");
    }
    return Optional.ofNullable(migration ? name : storeOf);
  }

  private Optional<ClusterSettings.DiskSize> disks() {
    OptionalLong max = diskMaxBytes == null ? OptionalLong.empty() : OptionalLong.of(diskMaxBytes);
    if (diskBytes == null && max.isPresent()) {
      throw new LocalClusterException(
          "LCL-009",
          "The cluster's settings are wrong",
          "--disk-max is given and --disk-size is not, and the host's own disk does not grow",
          "Give each node a disk of its own with --disk-size");
    }
    return Optional.ofNullable(diskBytes).map(bytes -> new ClusterSettings.DiskSize(bytes, max));
  }

  /** Files of the cluster that is meant. */
  ClusterFiles files() {
    return ClusterFiles.of(home(), name);
  }

  /** Root of the repository, which the script knows. */
  static Path home() {
    return Path.of(System.getProperty("mooring.home", ".")).toAbsolutePath().normalize();
  }

  /** Reads sizes such as {@code 512Mi}, {@code 8Gi} or plain bytes. */
  static final class ByteSize implements ITypeConverter<Long> {

    @Override
    public Long convert(String text) {
      int digits = 0;
      while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
        digits++;
      }
      try {
        return Math.multiplyExact(
            Long.parseLong(text.substring(0, digits)), unit(text.substring(digits)));
      } catch (NumberFormatException | ArithmeticException e) {
        throw notASize(text);
      }
    }

    private static long unit(String suffix) {
      return switch (suffix) {
        case "" -> 1;
        case "Ki" -> 1L << 10;
        case "Mi" -> 1L << 20;
        case "Gi" -> 1L << 30;
        case "Ti" -> 1L << 40;
        default -> throw notASize(suffix);
      };
    }

    private static TypeConversionException notASize(String text) {
      return new TypeConversionException("'" + text + "' is not a size such as 512Mi or 8Gi");
    }
  }
}
