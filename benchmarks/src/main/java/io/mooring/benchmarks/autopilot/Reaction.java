package io.mooring.benchmarks.autopilot;

import io.mooring.schemas.ControlTopic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * From the moment at which an agent writes a measurement above the threshold to the moment at which
 * volume-manager can read the command: one volume after the other, nothing else to do.
 */
final class Reaction {

  private static final String APP = "react";
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();
  private static final double BELOW = 0.5;
  private static final double ABOVE = 0.9;

  private Reaction() {}

  /** Milliseconds of each reaction. */
  static List<Double> measure(AutopilotStand stand, AutopilotInstance autopilot, int times)
      throws IOException, InterruptedException {
    double rules = autopilot.rules();
    autopilot.apply(
        BenchRules.rule(
                "react",
                "100 * (px_volume_usage_bytes / px_volume_capacity_bytes)",
                "Gt",
                "80",
                "50",
                300,
                false)
            .replace("app: kafka", "app: " + APP));
    ServiceRate.await("the rule is in use", () -> autopilot.rules() > rules);
    try (UsageLoad load = new UsageLoad(stand.clientConfig(), stand.serdes(), 0);
        KafkaConsumer<String, byte[]> commands = commands(stand.clientConfig())) {
      double known = autopilot.volumes();
      for (int i = 0; i < times; i++) {
        load.describe(id(i), APP);
      }
      ServiceRate.await("the volumes are known", () -> autopilot.volumes() >= known + times);
      double evaluated = autopilot.evaluations();
      for (int i = 0; i < times; i++) {
        load.measure(id(i), BELOW);
      }
      ServiceRate.await("all are watched", () -> autopilot.evaluations() >= evaluated + times);
      commands.poll(Duration.ofMillis(500));
      List<Double> millis = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        millis.add(react(load, commands, id(i)));
      }
      return millis;
    }
  }

  private static double react(UsageLoad load, KafkaConsumer<String, byte[]> commands, String id)
      throws IOException {
    long began = System.nanoTime();
    load.measure(id, ABOVE);
    load.flush();
    while (System.nanoTime() - began < PATIENCE_NANOS) {
      for (ConsumerRecord<String, byte[]> command : commands.poll(Duration.ofMillis(100))) {
        if (command.key().equals(id)) {
          return (System.nanoTime() - began) / 1e6;
        }
      }
    }
    throw new IOException("no resize was asked for volume " + id);
  }

  private static KafkaConsumer<String, byte[]> commands(Map<String, Object> kafka) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        IntStream.range(0, ControlTopic.VOLUME_COMMANDS.partitions())
            .mapToObj(i -> new TopicPartition(ControlTopic.VOLUME_COMMANDS.topicName(), i))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    return consumer;
  }

  private static String id(int i) {
    return "react-" + i;
  }
}
