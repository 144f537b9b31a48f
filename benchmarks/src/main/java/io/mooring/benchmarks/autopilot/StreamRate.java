package io.mooring.benchmarks.autopilot;

import io.mooring.localcluster.Progress;
import io.mooring.localcluster.process.Await;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeSpec;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Rule evaluations a second of the service as it is deployed: from measurements on the topic of a
 * real Kafka, exactly once, with its stores. Measurements wait in a backlog, and the clock runs
 * from when all of them are written to when all are judged; so the writer's work is not measured.
 */
final class StreamRate {

  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final long SIZE = 100L << 30;
  private static final long MIB = 1L << 20;

  /** Measurements of the steady part, whatever the number of volumes. */
  private static final int STEADY = 1_000_000;

  /**
   * What was measured.
   *
   * @param instances instances of the autopilot that share the work
   * @param heap of each
   * @param firstPerSecond evaluations a second when each volume is measured for the first time
   * @param steadyPerSecond evaluations a second afterwards
   * @param peakBytes most memory that one process had
   */
  record Result(
      int volumes,
      int rules,
      int instances,
      String heap,
      double firstPerSecond,
      double steadyPerSecond,
      long peakBytes) {}

  private final ServiceBed bed;
  private final List<ServiceInstance> instances = new ArrayList<>();
  private final int volumes;
  private final int rules;
  private final KafkaProducer<String, byte[]> producer;
  private final ControlSerdes serdes;

  private StreamRate(ServiceBed bed, int volumes, int rules) {
    this.bed = bed;
    this.volumes = volumes;
    this.rules = rules;
    this.serdes = bed.serdes();
    Map<String, Object> config = new HashMap<>(bed.kafka());
    config.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    config.put(ProducerConfig.ACKS_CONFIG, "1");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  /** Runs on processes of its own, which are gone afterwards. */
  static Result measure(
      Path home, int volumes, int rules, int instances, String heap, Progress progress)
      throws IOException, InterruptedException {
    try (ServiceBed bed = ServiceBed.start(home, BenchRules.many(rules))) {
      StreamRate rate = new StreamRate(bed, volumes, rules);
      try {
        return rate.run(instances, heap, progress);
      } finally {
        rate.producer.close(Duration.ZERO);
      }
    }
  }

  private Result run(int count, String heap, Progress progress)
      throws IOException, InterruptedException {
    send(ControlTopic.VOLUMES, VolumeState.class, 0, volumes, StreamRate::state);
    for (int i = 1; i <= count; i++) {
      instances.add(bed.startInstance("autopilot-" + i, heap));
    }
    Await.until("all volumes are known", "the service's log", LIMIT, this::knowsAll);
    progress.say("%,d volumes are known to %d instances".formatted(volumes, count));
    double first = judge(1, 0);
    progress.say("first sight: %,.0f measurements a second".formatted(first));
    int passes = Math.max(1, STEADY / volumes);
    double steady = judge(passes, 1);
    progress.say("afterwards: %,.0f measurements a second".formatted(steady));
    long peak = 0;
    for (ServiceInstance instance : instances) {
      peak = Math.max(peak, instance.peakBytes());
    }
    return new Result(volumes, rules, count, heap, first * rules, steady * rules, peak);
  }

  private boolean knowsAll() throws InterruptedException {
    long known = 0;
    for (ServiceInstance instance : instances) {
      if (instance.rules() != rules) {
        return false;
      }
      known += instance.volumes();
    }
    return known == volumes;
  }

  /** Writes measurements of every volume, and returns how many a second are judged from then on. */
  private double judge(int passes, int firstPass) throws InterruptedException {
    long wanted = judged() + (long) passes * volumes;
    for (int pass = firstPass; pass < firstPass + passes; pass++) {
      Instant at = Instant.now();
      int grown = pass;
      send(ControlTopic.VOLUME_USAGE, VolumeUsage.class, 0, volumes, i -> usage(i, at, grown));
    }
    long began = System.nanoTime();
    long left = wanted - judged();
    if (left < wanted / 10) {
      throw new IllegalStateException(
          "only %d of %d measurements are left when all are written".formatted(left, wanted));
    }
    Await.until(
        "all measurements are judged", "the service's log", LIMIT, () -> judged() >= wanted);
    return left / ((System.nanoTime() - began) / 1e9);
  }

  private long judged() throws InterruptedException {
    long sum = 0;
    for (ServiceInstance instance : instances) {
      sum += instance.judged();
    }
    return sum;
  }

  private <T extends SpecificRecord> void send(
      ControlTopic topic, Class<T> type, int from, int to, IntFunction<T> value) {
    var serializer = serdes.serializer(topic, type);
    for (int i = from; i < to; i++) {
      T written = value.apply(i);
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(
              topic.topicName(), id(i), serializer.serialize(topic.topicName(), written));
      EventHeaders.root(EventHeaders.typeOf(written), "/mooring/bench/1", id(i))
          .writeTo(record.headers());
      producer.send(record);
    }
    producer.flush();
  }

  private static String id(int volume) {
    return "pvc-" + volume;
  }

  private static VolumeState state(int volume) {
    return VolumeState.newBuilder()
        .setVolumeId(id(volume))
        .setName("data-kafka-" + volume)
        .setSizeBytes(SIZE)
        .setSpec(
            VolumeSpec.newBuilder()
                .setRepl(2)
                .setPriorityIo(PoolPriority.HIGH)
                .setIoProfile(IoProfile.NONE)
                .setFs(FileSystem.XFS)
                .setLabels(Map.of("app", "kafka"))
                .build())
        .setEpoch(1)
        .setGeneration(1)
        .setPhase(VolumePhase.PUBLISHED)
        .setHolder("n1")
        .setReplicas(List.of())
        .setUpdatedAt(Instant.now())
        .build();
  }

  /** As in {@link CoreRate}: no rule is triggered. */
  private static VolumeUsage usage(int volume, Instant at, int pass) {
    long used = SIZE / 100 * (10 + volume % 70) + pass * MIB;
    return new VolumeUsage(id(volume), "n1", at, SIZE, SIZE, used, 1000L, 10L, -1L);
  }
}
