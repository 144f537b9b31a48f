package io.mooring.autopilot;

import io.micrometer.core.instrument.MeterRegistry;
import io.mooring.autopilot.config.AutopilotConfig;
import io.mooring.autopilot.config.ConfigCheck;
import io.mooring.autopilot.history.WhatIf;
import io.mooring.autopilot.prometheus.QueryBoard;
import io.mooring.autopilot.stream.AutopilotMetrics;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.AutopilotSettings;
import io.mooring.autopilot.stream.AutopilotTopology;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.mooring.autopilot.stream.LiveVolumes;
import io.mooring.autopilot.stream.ObjectBoard;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.RegistrySettings;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.Topology;
import org.jboss.logging.Logger;

/** Puts the autopilot together, top to bottom. */
@ApplicationScoped
class AutopilotWiring {

  private static final Logger LOG = Logger.getLogger(AutopilotWiring.class);
  private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(1);
  private static final Duration REGISTRY_RETRY = Duration.ofSeconds(1);

  @Produces
  @Singleton
  AutopilotParts parts(AutopilotConfig config, MeterRegistry meters) {
    AutopilotSettings settings = ConfigCheck.check(config);
    LOG.infof("Effective settings; %s rulesFile=%s", settings, config.rulesFile());
    RuleLibrary rules = new RuleLibrary(ConfigCheck.terms(config));
    LiveVolumes volumes = new LiveVolumes();
    ObjectBoard objects = new ObjectBoard();
    return new AutopilotParts(
        settings, rules, volumes, objects, new AutopilotMetrics(meters, rules, volumes, objects));
  }

  @Produces
  @Singleton
  ControlSerdes serdes(AutopilotConfig config) {
    return ControlSerdes.connect(
        new RegistrySettings(config.registry().url(), config.registry().autoRegister()));
  }

  /**
   * Registry and autopilot may be started at the same time; but without its schemas the autopilot
   * is of no use.
   */
  @Produces
  @Singleton
  Topology topology(ControlSerdes serdes, AutopilotParts parts, AutopilotConfig config)
      throws InterruptedException {
    long deadline = System.nanoTime() + REGISTRY_PATIENCE.toNanos();
    while (true) {
      try {
        return AutopilotTopology.build(serdes, parts);
      } catch (RuntimeException e) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "AUT-030 The schema registry at "
                  + config.registry().url()
                  + " did not answer within "
                  + REGISTRY_PATIENCE.toSeconds()
                  + " s. Check mooring.autopilot.registry.url and the registry.",
              e);
        }
        LOG.warnf("Waiting for the schema registry; url=%s cause=%s", config.registry().url(), e);
        Thread.sleep(REGISTRY_RETRY);
      }
    }
  }

  @Produces
  @Singleton
  ControlTopicWriter writer(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      ControlSerdes serdes,
      AutopilotParts parts) {
    return ControlTopicWriter.connect(kafka, serdes, parts.settings().source());
  }

  @Produces
  @Singleton
  WhatIf whatIf(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      ControlSerdes serdes,
      AutopilotParts parts,
      AutopilotConfig config) {
    return new WhatIf(
        kafka, serdes, parts.settings(), parts.rules()::book, config.whatIf().timeMax());
  }

  @Produces
  @Singleton
  QueryBoard queries(MeterRegistry meters) {
    return new QueryBoard(meters);
  }

  void close(@Disposes ControlTopicWriter writer) {
    writer.close();
  }
}
