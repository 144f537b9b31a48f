package io.mooring.testsupport;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopics;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/** Control Kafka with all control topics, and the schema registry. */
public final class ControlPlane implements AutoCloseable {

  private final KafkaCluster kafka;
  private final SchemaRegistry registry;

  private ControlPlane(KafkaCluster kafka, SchemaRegistry registry) {
    this.kafka = kafka;
    this.registry = registry;
  }

  public static ControlPlane start() throws InterruptedException {
    KafkaCluster kafka = KafkaCluster.start(1);
    try (Admin admin = Admin.create(clientConfig(kafka))) {
      ControlTopics.createMissing(admin, 1);
      return new ControlPlane(kafka, SchemaRegistry.start());
    } catch (RuntimeException | InterruptedException e) {
      kafka.close();
      throw e;
    }
  }

  public KafkaCluster kafka() {
    return kafka;
  }

  public SchemaRegistry registry() {
    return registry;
  }

  public ControlSerdes serdes() {
    return ControlSerdes.connect(registry.settings());
  }

  public Map<String, Object> clientConfig() {
    return clientConfig(kafka);
  }

  private static Map<String, Object> clientConfig(KafkaCluster kafka) {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
  }

  @Override
  public void close() {
    registry.close();
    kafka.close();
  }
}
