package io.mooring.failoverdetector;

import io.mooring.failoverdetector.config.DetectorConfig;
import io.mooring.failoverdetector.config.DetectorSettings;
import io.mooring.failoverdetector.liveness.LivenessSettings;
import io.mooring.failoverdetector.rest.LiveBoard;
import io.mooring.failoverdetector.stream.ClusterExchange;
import io.mooring.failoverdetector.stream.DetectorParts;
import io.mooring.failoverdetector.stream.DetectorTopology;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RegistrySettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.streams.Topology;
import org.jboss.logging.Logger;

/** Puts the detector together, top to bottom. */
@ApplicationScoped
class DetectorWiring {

  private static final Logger LOG = Logger.getLogger(DetectorWiring.class);
  private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(1);
  private static final Duration REGISTRY_RETRY = Duration.ofSeconds(1);

  @Produces
  @Singleton
  ClusterExchange clusterExchange(DetectorConfig config) {
    Map<String, String> configured =
        config.clusters().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().bootstrapServers()));
    var exchange = new AtomicReference<ClusterExchange>();
    exchange.set(new ClusterExchange(configured, new VirtualThreadPollers(config, exchange::get)));
    return exchange.get();
  }

  @Produces
  @Singleton
  Topology topology(DetectorConfig config, ClusterExchange clusters, LiveBoard board)
      throws InterruptedException {
    LivenessSettings settings = DetectorSettings.check(config);
    LOG.infof("Effective settings; %s clusters=%s", settings, config.clusters().keySet());
    DetectorParts parts =
        new DetectorParts(
            EventHeaders.source("failover-detector", config.instance()),
            settings,
            config.brokers().incidentWindow(),
            clusters,
            board,
            UUID::randomUUID);
    ControlSerdes serdes =
        ControlSerdes.connect(
            new RegistrySettings(config.registry().url(), config.registry().autoRegister()));
    return buildWhenRegistryAnswers(serdes, parts, config);
  }

  /**
   * Registry and detector may be started at the same time; but without its schemas the detector is
   * of no use.
   */
  private static Topology buildWhenRegistryAnswers(
      ControlSerdes serdes, DetectorParts parts, DetectorConfig config)
      throws InterruptedException {
    long deadline = System.nanoTime() + REGISTRY_PATIENCE.toNanos();
    while (true) {
      try {
        return DetectorTopology.build(serdes, parts);
      } catch (RuntimeException e) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "DET-006 The schema registry at "
                  + config.registry().url()
                  + " did not answer within "
                  + REGISTRY_PATIENCE.toSeconds()
                  + " s. Check mooring.detector.registry.url and the registry.",
              e);
        }
        LOG.warnf("Waiting for the schema registry; url=%s cause=%s", config.registry().url(), e);
        Thread.sleep(REGISTRY_RETRY);
      }
    }
  }
}
