package io.mooring.localcluster;

import io.mooring.localcluster.event.CatalogueView;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.event.ControlTopicFeed;
import io.mooring.localcluster.event.EventFeed;
import io.mooring.localcluster.event.EventLog;
import io.mooring.localcluster.kafka.ControlKafka;
import io.mooring.localcluster.kafka.KafkaPodTemplate;
import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.node.NodePodRuntime;
import io.mooring.localcluster.node.NodeSpec;
import io.mooring.localcluster.orchestrator.NodeSite;
import io.mooring.localcluster.orchestrator.Orchestrator;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.process.Await;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.ProcessStarter;
import io.mooring.localcluster.services.MigrationPrograms;
import io.mooring.localcluster.services.ServicePrograms;
import io.mooring.localcluster.storage.CsiVolumes;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeUp;
import io.mooring.schemas.RegistrySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A whole Mooring system with a Kafka cluster to look after, running on this machine.
 *
 * <p>This process must run as root in the network namespace of the cluster's control plane, which
 * {@code ./mooring} sees to.
 */
public final class LocalCluster implements AutoCloseable {

  private static final Logger LOG = System.getLogger(LocalCluster.class.getName());
  private static final int REPLICAS = 2;
  private static final Duration CALM = Duration.ofSeconds(3);
  private static final Duration NODES_LIMIT = Duration.ofMinutes(2);
  private static final List<ControlTopic> TOPICS =
      List.of(
          ControlTopic.NODES,
          ControlTopic.NODE_EVENTS,
          ControlTopic.VOLUMES,
          ControlTopic.VOLUME_COMMANDS,
          ControlTopic.VOLUME_EVENTS,
          ControlTopic.VOLUME_REPORTS,
          ControlTopic.VOLUME_USAGE,
          ControlTopic.AUTOPILOT_OBJECTS,
          ControlTopic.AUTOPILOT_EVENTS,
          ControlTopic.BROKER_EVENTS,
          ControlTopic.DEAD_LETTERS);

  private final ClusterFiles files;
  private final ClusterNetwork network;
  private final ControlPlane controlPlane;
  private final NodeFleet fleet;
  private final EventFeed events = new EventFeed();
  private final CatalogueView catalogue = new CatalogueView();
  private final CsiVolumes volumes;
  private final Orchestrator orchestrator;
  private final ApplicationPlane applications;
  private final ManagedKafka managedKafka;
  private final Optional<MigrationPlane> migration;
  private final Faults faults;
  private final Progress progress;
  private @Nullable ControlTopicFeed controlTopicFeed;

  private LocalCluster(ClusterSettings settings, Progress progress, boolean training) {
    this.progress = progress;
    this.files = ClusterFiles.of(settings.home(), settings.name());
    this.network = new ClusterNetwork(settings.name());
    Installation installation = new Installation(settings.home());
    ClassArchives archives = new ClassArchives(installation.classArchives());
    KafkaPrograms kafkaPrograms = new KafkaPrograms(installation.kafkaJars(), archives);
    ProcessStarter starter = new ProcessStarter(files::log, archives, training);
    ControlKafka controlKafka =
        new ControlKafka(kafkaPrograms, starter, settings.controlNodes(), files::controlData);
    ServicePrograms services =
        new ServicePrograms(installation, files, starter, controlKafka.bootstrapServers());
    this.managedKafka = new ManagedKafka(settings.kafka(), Math.min(REPLICAS, settings.nodes()));
    String watchedKafka = watchedKafka(settings, managedKafka);
    this.controlPlane =
        new ControlPlane(
            controlKafka,
            settings.controlNodes(),
            files,
            services,
            watchedKafka,
            settings.services().rules());
    this.fleet = new NodeFleet(settings, network, files, services::agent);
    this.volumes =
        new CsiVolumes(files.managerSocket(), files::nodeSocket, files::nodeDirectory, catalogue);
    NodePodRuntime runtime = new NodePodRuntime(name -> fleet.machine(name).node(), network, files);
    this.orchestrator =
        new Orchestrator(
            volumes,
            runtime,
            status -> events.publish(new ClusterEvent.Pod(Instant.now(), status)),
            CALM);
    this.applications =
        new ApplicationPlane(
            orchestrator,
            (set, service, configuration) ->
                new KafkaPodTemplate(kafkaPrograms, archives, set, service, configuration),
            new PodDoor(runtime, volumes),
            files);
    this.migration =
        settings
            .services()
            .store()
            .map(owner ->
                new MigrationPlane(
                    owner,
                    settings.name(),
                    files,
                    new MigrationPrograms(
                        services, starter, files, ClusterFiles.of(settings.home(), owner)),
                    watchedKafka));
    this.faults = new Faults(fleet::machine, controlPlane, migration, events);
  }

  /** An application may arrive where there is a migrator, and is looked after from then on. */
  private static String watchedKafka(ClusterSettings settings, ManagedKafka managed) {
    boolean mayArrive = settings.kafka().brokers() == 0 && settings.services().store().isPresent();
    return mayArrive ? ManagedKafka.arrivingBootstrapServers() : managed.bootstrapServers();
  }

  /** Starts everything and returns when the managed Kafka serves. */
  public static LocalCluster start(ClusterSettings settings, Progress progress)
      throws InterruptedException {
    ClassArchiveTraining.ensure(settings, progress);
    return start(new LocalCluster(settings, progress, false));
  }

  /** Starts a cluster whose programs record the class archives that are missing. */
  static LocalCluster startInTraining(ClusterSettings settings, Progress progress)
      throws InterruptedException {
    return start(new LocalCluster(settings, progress, true));
  }

  private static LocalCluster start(LocalCluster cluster) throws InterruptedException {
    try {
      cluster.startAll();
      return cluster;
    } catch (InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startAll() throws InterruptedException {
    clearFiles();
    network.create();
    controlPlane.startKafka(progress);
    controlPlane.startServices(progress);
    followControlTopics();
    for (NodeSpec spec : fleet.specs()) {
      orchestrator.addNode(
          new NodeSite(spec.name(), spec.region(), spec.zone(), spec.rack(), false));
    }
    fleet.start();
    Await.until(
        "all nodes are judged up",
        files.log("failover-detector"),
        NODES_LIMIT,
        () -> fleet.names().stream().allMatch(orchestrator::isUp));
    progress.say("nodes are up: " + String.join(", ", fleet.names()));
    applications.open();
    if (migration.isPresent()) {
      migration.get().start(progress);
    }
    if (!managedKafka.bootstrapServers().isEmpty()) {
      applications.start(managedKafka.controllerObjects(), progress);
      applications.start(managedKafka.brokerObjects(), progress);
      progress.say("managed Kafka serves on " + managedKafka.bootstrapServers());
    }
  }

  /** Bootstrap servers of the control Kafka. */
  public String controlBootstrapServers() {
    return controlPlane.kafka().bootstrapServers();
  }

  /** Bootstrap servers of the Kafka cluster that is looked after. */
  public String managedBootstrapServers() {
    return managedKafka.bootstrapServers();
  }

  /** Everything that happens, as it happens; the control topics from their beginning. */
  public EventFeed events() {
    return events;
  }

  /** The newest state of volumes and nodes. */
  public CatalogueView catalogue() {
    return catalogue;
  }

  /** All nodes, by name. */
  public List<NodeSpec> nodes() {
    return fleet.specs();
  }

  /** All nodes as they are now. */
  public List<NodeStatus> nodeStatus() throws InterruptedException {
    return fleet.status(orchestrator::isUp);
  }

  /** How full a pod's volume is, asked of the file system itself on the pod's node. */
  public Optional<DiskUse> diskUse(String pod) {
    return volumePath(pod).map(DiskUse::of);
  }

  /** Where this process reaches the files of a pod's volume, if the pod is on a node. */
  public Optional<Path> volumePath(String pod) {
    return nodeOf(pod)
        .map(node ->
            fleet
                .machine(node)
                .node()
                .root()
                .resolve(Path.of("/").relativize(volumes.targetPath(node, pod))));
  }

  /** The processes of the control plane as they are now. */
  public List<ServiceStatus> serviceStatus() {
    return Stream.concat(
            controlPlane.processes().stream(),
            migration.stream().flatMap(plane -> plane.processes().stream()))
        .map(process -> new ServiceStatus(process.name(), process.isAlive(), process.restarts()))
        .toList();
  }

  /** Where other clusters reach the migrator of this one, if it has one. */
  public Optional<URI> migratorUrl() {
    return migration.map(MigrationPlane::migratorUrl);
  }

  /** File with the secret that this cluster's migrator demands, if it has a migrator. */
  public Path pairToken() {
    return files.pairToken();
  }

  /** Folder in which the object store keeps its content, if this cluster has the store. */
  public Path objectStore() {
    return files.controlData(MigrationPrograms.STORE);
  }

  /** Has the nodes write to their volumes what pods have written and the kernel keeps in memory. */
  public void writeBack() throws InterruptedException {
    fleet.writeBack();
  }

  /** What can be done to the cluster. */
  public Faults faults() {
    return faults;
  }

  /** All pods as they are now. */
  public List<PodStatus> pods() {
    return orchestrator.pods();
  }

  /** True if all nodes are up, all pods are ready, and none is about to be moved. */
  public boolean isSettled() {
    return orchestrator.isSettled();
  }

  /** Node on which a pod is, if it has one. */
  public Optional<String> nodeOf(String pod) {
    return orchestrator.nodeOf(pod);
  }

  @Override
  public void close() {
    progress.say("stopping");
    orchestrator.close();
    try {
      applications.close();
      if (controlTopicFeed != null) {
        controlTopicFeed.stop();
      }
      fleet.kill();
      // What they keep is thrown away, so there is nothing that they would have to put in order.
      if (migration.isPresent()) {
        migration.get().stop(Duration.ZERO);
      }
      controlPlane.stop(Duration.ZERO);
      network.delete();
      volumes.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (LocalClusterException e) {
      LOG.log(Level.ERROR, "Something is left for ./mooring down: error={0}", e.getMessage());
    }
  }

  /** Stops every program as its operator would, so that it ends in order, then closes. */
  void stopInOrder(Duration grace) throws InterruptedException {
    orchestrator.close();
    fleet.stop(grace);
    if (migration.isPresent()) {
      migration.get().stop(grace);
    }
    controlPlane.stop(grace);
    close();
  }

  private void followControlTopics() {
    events.subscribe(EventLog.open(files.log("events")));
    events.subscribe(catalogue);
    events.subscribe(this::steer);
    controlTopicFeed =
        ControlTopicFeed.start(
            events,
            controlBootstrapServers(),
            ControlSerdes.connect(new RegistrySettings(ServicePrograms.registryUrl(), false)),
            TOPICS);
  }

  private void steer(ClusterEvent event) {
    if (event instanceof ClusterEvent.Record record
        && record.value().orElse(null) instanceof NodeEvent judgement) {
      if (judgement.getDetail() instanceof NodeDown) {
        orchestrator.onNodeDown(record.key());
      } else if (judgement.getDetail() instanceof NodeUp) {
        orchestrator.onNodeUp(record.key());
      }
    }
  }

  private void clearFiles() {
    try {
      files.clear();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear " + files.root(), e);
    }
  }
}
