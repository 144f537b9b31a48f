package io.mooring.volumeagent;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.schemas.CreateVolume;
import io.mooring.schemas.DeleteSnapshots;
import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.PublishVolume;
import io.mooring.schemas.RestoreVolume;
import io.mooring.schemas.StartRebalance;
import io.mooring.schemas.TakeSnapshots;
import io.mooring.schemas.UnpublishVolume;
import io.mooring.schemas.VolumeSource;
import io.mooring.testsupport.ControlPlane;
import io.mooring.volumemanager.catalogue.Catalogue;
import io.mooring.volumemanager.catalogue.CatalogueMetrics;
import io.mooring.volumemanager.catalogue.CatalogueSettings;
import io.mooring.volumemanager.catalogue.CatalogueTopology;
import io.mooring.volumemanager.catalogue.ExpansionDescription;
import io.mooring.volumemanager.catalogue.NotReadyException;
import io.mooring.volumemanager.catalogue.RebalanceDescription;
import io.mooring.volumemanager.catalogue.SnapshotDescription;
import io.mooring.volumemanager.catalogue.StreamsConfiguration;
import io.mooring.volumemanager.catalogue.TopicSetup;
import io.mooring.volumemanager.command.CommandGateway;
import io.mooring.volumemanager.command.CommandOutcome;
import io.mooring.volumemanager.command.PoolCommandSender;
import io.mooring.volumemanager.command.SnapshotGateway;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeId;
import io.mooring.volumemanager.volume.VolumePhase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.state.HostInfo;

/**
 * volume-manager in this JVM: what it decides, without its doors. It can be stopped and started.
 */
final class RunningManager implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SOURCE = "/mooring/volume-manager/test";

  private final ControlPlane controlPlane;
  private final Path stateDir;
  private final CommandGateway commands;
  private final PoolCommandSender poolCommands;
  private final SnapshotGateway snapshots;
  private Catalogue catalogue;

  RunningManager(ControlPlane controlPlane, Path stateDir) throws InterruptedException {
    this.controlPlane = controlPlane;
    this.stateDir = stateDir;
    TopicSetup.createMissing(controlPlane.clientConfig(), OptionalInt.of(1));
    this.commands =
        CommandGateway.start(
            controlPlane.clientConfig(), controlPlane.serdes(), SOURCE, new SimpleMeterRegistry());
    this.poolCommands =
        PoolCommandSender.start(controlPlane.clientConfig(), controlPlane.serdes(), SOURCE);
    this.snapshots =
        SnapshotGateway.start(controlPlane.clientConfig(), controlPlane.serdes(), SOURCE);
    this.catalogue = start();
  }

  private Catalogue start() {
    HostInfo self = new HostInfo("127.0.0.1", 1);
    CatalogueSettings settings =
        new CatalogueSettings(
            SOURCE, Duration.ofMinutes(10), Duration.ofMillis(200), Duration.ofHours(1), 2);
    CatalogueTopology topology =
        new CatalogueTopology(
            controlPlane.serdes(),
            settings,
            new CatalogueMetrics(new SimpleMeterRegistry()),
            _ -> {});
    StreamsConfiguration streams =
        new StreamsConfiguration(
            controlPlane.clientConfig(),
            "volume-manager",
            self,
            stateDir,
            Duration.ofMillis(20),
            1);
    return Catalogue.start(topology.build(), streams.asProperties(), self, () -> {});
  }

  /** Ends it and starts it again, as an upgrade does. */
  void restart() {
    catalogue.close();
    catalogue = start();
  }

  boolean knows(String nodeId) {
    try {
      return catalogue.isReady()
          && catalogue.nodes().stream().anyMatch(node -> node.nodeId().equals(nodeId));
    } catch (NotReadyException _) {
      return false;
    }
  }

  VolumeId create(String name, long sizeBytes, Map<String, String> parameters) {
    VolumeId id = VolumeId.ofName(name);
    send(id, new CreateVolume(name, sizeBytes, parameters, null, null, ""));
    return id;
  }

  long publish(VolumeId id, String nodeId) {
    return send(id, new PublishVolume(nodeId, "", null, false)).epoch();
  }

  void unpublish(VolumeId id, String nodeId) {
    send(id, new UnpublishVolume(nodeId, false, null, null));
  }

  /** Makes a volume from a snapshot; it can be published when it is filled. */
  VolumeId create(String name, long sizeBytes, String setId, VolumeId snapshotOf) {
    VolumeId id = VolumeId.ofName(name);
    send(
        id,
        new CreateVolume(
            name, sizeBytes, Map.of(), null, new VolumeSource(setId, snapshotOf.value()), ""));
    return id;
  }

  /** Begins to take a set. */
  String take(String name, VolumeId... volumes) {
    SnapshotSetId id = SnapshotSetId.ofName(name);
    List<String> ids = Stream.of(volumes).map(VolumeId::value).toList();
    done(snapshots.send(id, new TakeSnapshots(name, ids, Map.of()), "test", PATIENCE, name));
    return id.value();
  }

  void delete(String setId) {
    done(
        snapshots.send(
            new SnapshotSetId(setId), new DeleteSnapshots(), "test", PATIENCE, setId + "-end"));
  }

  Optional<SnapshotDescription> set(String setId) {
    try {
      return catalogue.snapshot(new SnapshotSetId(setId));
    } catch (NotReadyException _) {
      return Optional.empty();
    }
  }

  String snapshotOf(String setId, VolumeId volume) {
    return set(setId).flatMap(set -> set.of(volume.value())).orElseThrow().snapshotId();
  }

  /** Begins to make a detached volume what it was. */
  void restore(VolumeId id, String setId) {
    done(
        commands.restore(
            id, new RestoreVolume(setId, snapshotOf(setId, id)), "test", PATIENCE, null));
  }

  /** Whether nobody has the volume and no work is to be done on it. */
  boolean isFree(VolumeId id) {
    return catalogue
        .localVolume(id)
        .filter(volume -> volume.phase() instanceof VolumePhase.Detached && volume.task() == null)
        .isPresent();
  }

  private CommandOutcome.Done send(VolumeId id, SpecificRecord detail) {
    return done(commands.send(id, detail, "test", PATIENCE));
  }

  private static CommandOutcome.Done done(CommandOutcome outcome) {
    return switch (outcome) {
      case CommandOutcome.Done done -> done;
      case CommandOutcome.Rejected rejected ->
          throw new AssertionError(rejected.rejection().toString());
      case CommandOutcome.Unknown unknown -> throw new AssertionError(unknown.reason().toString());
    };
  }

  void rebalance(String key, double deviationPercent, boolean trial) {
    poolCommands.send(new StartRebalance(deviationPercent, trial), "test", key, PATIENCE);
  }

  void expand(String key, String node, String pool, long driveBytes) {
    poolCommands.expand(new ExpandPool(node, pool, driveBytes), "test", key, PATIENCE);
  }

  /** The expansion that answers a command; empty while none does. */
  Optional<ExpansionDescription> expansionOf(String key) {
    try {
      return catalogue.expansions().stream()
          .filter(expansion -> expansion.command().equals(key))
          .findFirst();
    } catch (NotReadyException _) {
      return Optional.empty();
    }
  }

  /** The rebalance that answers a command; empty while none does. */
  Optional<RebalanceDescription> rebalanceOf(String key) {
    try {
      return catalogue.rebalances().stream()
          .filter(rebalance -> rebalance.commands().contains(key))
          .findFirst();
    } catch (NotReadyException _) {
      return Optional.empty();
    }
  }

  List<String> nodesOf(VolumeId id) {
    return catalogue.localVolume(id).map(Volume::replicas).orElseThrow().members().stream()
        .map(replica -> replica.node())
        .map(NodeId::value)
        .toList();
  }

  @Override
  public void close() {
    catalogue.close();
    snapshots.close();
    poolCommands.close();
    commands.close();
  }
}
