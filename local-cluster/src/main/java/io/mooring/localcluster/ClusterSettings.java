package io.mooring.localcluster;

import io.mooring.localcluster.kafka.VolumeFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What to start.
 *
 * @param name names the cluster's namespaces and directory; clusters of different names run side by
 *     side
 * @param home root of the repository
 * @param nodes nodes with a volume-agent each
 * @param controlNodes Kafka processes of the control topics
 * @param kafka the Kafka cluster to look after
 * @param disks gives every node a disk of its own, which can then be filled; without it the nodes
 *     share the host's disk
 * @param services what its services start with
 */
public record ClusterSettings(
    String name,
    Path home,
    int nodes,
    int controlNodes,
    KafkaSize kafka,
    Optional<DiskSize> disks,
    ServiceOptions services) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");
  private static final int NODES_MAX = 200;
  private static final int PODS_MAX = 50;
  private static final long VOLUME_BYTES_MIN = 64L << 20;
  private static final long DISK_BYTES_MIN = 1L << 30;

  /**
   * Size of the Kafka cluster to look after.
   *
   * @param controllers pods of its quorum
   * @param brokers pods that hold its data; none for a cluster of volumes only
   * @param volumeBytes size of a broker's volume
   * @param format file system of a broker's volume
   */
  public record KafkaSize(int controllers, int brokers, long volumeBytes, VolumeFormat format) {

    public KafkaSize(int controllers, int brokers, long volumeBytes) {
      this(controllers, brokers, volumeBytes, VolumeFormat.EXT4);
    }
  }

  /**
   * Size of a node's own disk.
   *
   * @param maxBytes size up to which the node's agent may grow it; without it the disk stays as it
   *     is
   */
  public record DiskSize(long bytes, OptionalLong maxBytes) {}

  /**
   * What services start with.
   *
   * @param rules file with the rules that the autopilot starts with
   * @param store cluster whose object store the migrator uses: this one, which then has one, or
   *     another one that runs already; without it there is no migrator
   */
  public record ServiceOptions(Optional<Path> rules, Optional<String> store) {

    /** No rules and no migrator. */
    public static final ServiceOptions NONE =
        new ServiceOptions(Optional.empty(), Optional.empty());
  }

  public ClusterSettings {
    List<String> problems = new ArrayList<>();
    if (!NAME.matcher(name).matches()) {
      problems.add("the name must match " + NAME + " but is '" + name + "'");
    }
    inRange("nodes", nodes, 1, NODES_MAX, problems);
    inRange("brokers", kafka.brokers(), 0, PODS_MAX, problems);
    inRange("controllers", kafka.controllers(), kafka.brokers() == 0 ? 0 : 1, PODS_MAX, problems);
    if (controlNodes != 1 && controlNodes != 3) {
      problems.add("control nodes must be 1 or 3 but are " + controlNodes);
    }
    if (kafka.volumeBytes() < VOLUME_BYTES_MIN) {
      problems.add("volumes must have at least 64 MiB but have " + kafka.volumeBytes() + " bytes");
    }
    disks.ifPresent(disk -> check(disk, problems));
    services
        .rules()
        .filter(file -> !Files.isRegularFile(file) || !Files.isReadable(file))
        .ifPresent(file -> problems.add("the file of rules cannot be read: " + file));
    services
        .store()
        .filter(store -> !NAME.matcher(store).matches())
        .ifPresent(store -> problems.add("'" + store + "' cannot be the name of a cluster"));
    if (!problems.isEmpty()) {
      throw new LocalClusterException(
          "LCL-009",
          "The cluster's settings are wrong",
          String.join("; ", problems),
          "See ./mooring up --help");
    }
  }

  /** Four nodes, four brokers and three controllers, as in the paper's failover test. */
  public static ClusterSettings of(String name, Path home) {
    return new ClusterSettings(
        name, home, 4, 1, new KafkaSize(3, 4, 8L << 30), Optional.empty(), ServiceOptions.NONE);
  }

  public ClusterSettings withNodes(int count) {
    return new ClusterSettings(name, home, count, controlNodes, kafka, disks, services);
  }

  public ClusterSettings withControlNodes(int count) {
    return new ClusterSettings(name, home, nodes, count, kafka, disks, services);
  }

  public ClusterSettings withKafka(KafkaSize size) {
    return new ClusterSettings(name, home, nodes, controlNodes, size, disks, services);
  }

  public ClusterSettings withDisks(DiskSize size) {
    return new ClusterSettings(name, home, nodes, controlNodes, kafka, Optional.of(size), services);
  }

  public ClusterSettings withRules(Path file) {
    return withServices(new ServiceOptions(Optional.of(file), services.store()));
  }

  /** With a migrator that uses the object store of a cluster. */
  public ClusterSettings withStore(String cluster) {
    return withServices(new ServiceOptions(services.rules(), Optional.of(cluster)));
  }

  private ClusterSettings withServices(ServiceOptions options) {
    return new ClusterSettings(name, home, nodes, controlNodes, kafka, disks, options);
  }

  private static void check(DiskSize disk, List<String> problems) {
    if (disk.bytes() < DISK_BYTES_MIN) {
      problems.add("disks must have at least 1 GiB but have " + disk.bytes() + " bytes");
    }
    if (disk.maxBytes().orElse(disk.bytes()) < disk.bytes()) {
      problems.add(
          "disks of %d bytes cannot grow to %d"
              .formatted(disk.bytes(), disk.maxBytes().getAsLong()));
    }
  }

  private static void inRange(String what, int value, int min, int max, List<String> problems) {
    if (value < min || value > max) {
      problems.add("%s must be %d to %d but are %d".formatted(what, min, max, value));
    }
  }
}
