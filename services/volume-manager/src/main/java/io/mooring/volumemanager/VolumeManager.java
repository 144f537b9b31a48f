package io.mooring.volumemanager;

import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopicException;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RegistrySettings;
import io.mooring.volumemanager.catalogue.Catalogue;
import io.mooring.volumemanager.catalogue.CatalogueMetrics;
import io.mooring.volumemanager.catalogue.CatalogueSettings;
import io.mooring.volumemanager.catalogue.CatalogueTopology;
import io.mooring.volumemanager.catalogue.DeadLetterSender;
import io.mooring.volumemanager.catalogue.NotReadyException;
import io.mooring.volumemanager.catalogue.StreamsConfiguration;
import io.mooring.volumemanager.catalogue.TopicSetup;
import io.mooring.volumemanager.command.CommandGateway;
import io.mooring.volumemanager.command.PoolCommandSender;
import io.mooring.volumemanager.command.SnapshotGateway;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Puts the service together. Its doors open at once and say that they are not ready; behind them
 * one thread connects, in this order: topics exist, answers are listened for, the catalogue runs.
 * While the control Kafka or the schema registry is away, it tries again.
 */
@ApplicationScoped
public class VolumeManager {

  private static final Logger LOG = Logger.getLogger(VolumeManager.class);
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int EXIT_CATALOGUE_FAILED = 3;

  /** What exists once the service is connected. */
  public record Connected(
      Catalogue catalogue,
      CommandGateway commands,
      PoolCommandSender poolCommands,
      SnapshotGateway snapshots,
      ControlSerdes serdes,
      Map<String, Object> kafka) {}

  private final ManagerSettings settings;
  private final MeterRegistry meters;
  private final CatalogueMetrics metrics;
  private final Thread connector;
  private volatile @Nullable Connected connected;

  VolumeManager(ManagerConfig config, Config all, MeterRegistry meters) {
    this.settings = ManagerSettings.read(config, all.unwrap(SmallRyeConfig.class));
    this.meters = meters;
    this.metrics = new CatalogueMetrics(meters);
    this.connector = Thread.ofPlatform().name("connector").daemon().unstarted(this::connect);
  }

  void start(@Observes StartupEvent event) {
    LOG.infof("Configuration: %s", settings.describe());
    connector.start();
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    connector.interrupt();
    connector.join();
  }

  public ManagerConfig config() {
    return settings.config();
  }

  /** Whether volumes can be read and changed through this instance. */
  public boolean isReady() {
    Connected current = connected;
    return current != null && current.catalogue().isReady();
  }

  /**
   * The connected parts.
   *
   * @throws NotReadyException as long as there are none
   */
  public Connected connected() {
    Connected current = connected;
    if (current == null) {
      throw new NotReadyException("the control Kafka or the schema registry is not reached yet");
    }
    return current;
  }

  private void connect() {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      while (!tryToConnect(opened)) {
        closeAll(opened);
        Thread.sleep(RETRY_PAUSE);
      }
      // Stays until the service stops, so that what was opened is closed by who opened it.
      Thread.currentThread().join();
    } catch (InterruptedException _) {
      LOG.info("Stopping");
    } finally {
      connected = null;
      closeAll(opened);
    }
  }

  private boolean tryToConnect(Deque<AutoCloseable> opened) throws InterruptedException {
    try {
      connected = open(opened);
      return true;
    } catch (ControlTopicException | KafkaException e) {
      LOG.warnf("Not connected yet: %s", e.getMessage());
      return false;
    } catch (RuntimeException e) {
      // The registry's client has no exception of its own for an unreachable server.
      LOG.warnf(e, "Not connected yet");
      return false;
    }
  }

  private Connected open(Deque<AutoCloseable> opened) throws InterruptedException {
    Map<String, Object> kafka = settings.kafka();
    String source =
        EventHeaders.source(
            "volume-manager", settings.self().host() + ":" + settings.self().port());
    int replicas = TopicSetup.createMissing(kafka, settings.config().topicReplicas());
    ControlSerdes serdes = ControlSerdes.connect(new RegistrySettings(settings.registry(), true));
    CommandGateway commands = CommandGateway.start(kafka, serdes, source, meters);
    opened.push(commands);
    PoolCommandSender poolCommands = PoolCommandSender.start(kafka, serdes, source);
    opened.push(poolCommands);
    SnapshotGateway snapshots = SnapshotGateway.start(kafka, serdes, source);
    opened.push(snapshots);
    DeadLetterSender deadLetters = new DeadLetterSender(kafka, serdes);
    opened.push(deadLetters);
    Catalogue catalogue =
        Catalogue.start(
            new CatalogueTopology(serdes, catalogueSettings(source), metrics, deadLetters).build(),
            streamsConfiguration(replicas).asProperties(),
            settings.self(),
            () -> Quarkus.asyncExit(EXIT_CATALOGUE_FAILED));
    opened.push(catalogue);
    return new Connected(catalogue, commands, poolCommands, snapshots, serdes, kafka);
  }

  private CatalogueSettings catalogueSettings(String source) {
    return new CatalogueSettings(
        source,
        settings.config().replaceAfter(),
        TICK,
        settings.config().answersKept(),
        settings.config().rebalanceMovesMax());
  }

  private StreamsConfiguration streamsConfiguration(int replicas) {
    return new StreamsConfiguration(
        settings.kafka(),
        settings.config().applicationId(),
        settings.self(),
        settings.config().stateDir(),
        settings.config().commitInterval(),
        replicas);
  }

  private static void closeAll(Deque<AutoCloseable> opened) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warnf(e, "Closing a part failed");
      }
    }
  }
}
