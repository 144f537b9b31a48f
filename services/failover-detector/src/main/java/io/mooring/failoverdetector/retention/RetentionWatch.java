package io.mooring.failoverdetector.retention;

import io.mooring.failoverdetector.retention.LogReading.Broker;
import io.mooring.failoverdetector.retention.LogReading.Directory;
import io.mooring.failoverdetector.retention.LogReading.Replica;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.LogDirectoryRetention;
import io.mooring.schemas.RetentionHorizon;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Compares readings of the logs of one cluster, adds up what they can come to hold, and tells it
 * for each broker. A directory that was not in the reading before is not told of: how fast it is
 * written is not known. Not thread-safe.
 */
public final class RetentionWatch {

  /** Cool-downs of rules fall between them: five minutes is the default, six hours are usual. */
  private static final List<Duration> HORIZONS =
      Stream.of(10, 20, 40, 75, 150, 300, 420, 720, 1440, 2880).map(Duration::ofMinutes).toList();

  private static final double MILLIS = 1000;

  private record Place(int broker, String path, TopicPartition partition) {}

  private final String cluster;
  private final PodNames pods;
  private Map<Place, WriteRate> rates = Map.of();
  private @Nullable LogReading previous;

  /**
   * @param cluster its configured name
   */
  public RetentionWatch(String cluster, PodNames pods) {
    this.cluster = cluster;
    this.pods = pods;
  }

  /** Takes in a reading; returns what is to be told. */
  public List<BrokerRetention> onReading(LogReading reading) {
    Map<Place, WriteRate> nextRates = new HashMap<>();
    List<BrokerRetention> facts = new ArrayList<>();
    for (Broker broker : reading.brokers()) {
      List<LogDirectoryRetention> directories = new ArrayList<>();
      for (Directory directory : broker.directories()) {
        Map<TopicPartition, Replica> before = replicasBefore(reading, broker, directory);
        if (before != null) {
          directories.add(retention(reading, broker, directory, before, nextRates));
        }
      }
      if (!directories.isEmpty()) {
        facts.add(
            BrokerRetention.newBuilder()
                .setClusterName(cluster)
                .setBrokerId(broker.id())
                .setPod(pods.pod(broker.id(), broker.host()))
                .setNamespace(pods.namespace(broker.host()))
                .setAt(reading.at())
                .setDirectories(directories)
                .build());
      }
    }
    rates = nextRates;
    previous = reading;
    return facts;
  }

  private @Nullable Map<TopicPartition, Replica> replicasBefore(
      LogReading reading, Broker broker, Directory directory) {
    LogReading before = previous;
    if (before == null || !reading.at().isAfter(before.at())) {
      return null;
    }
    for (Broker other : before.brokers()) {
      for (Directory its : other.directories()) {
        if (other.id() == broker.id() && its.path().equals(directory.path())) {
          return its.replicas();
        }
      }
    }
    return null;
  }

  private LogDirectoryRetention retention(
      LogReading reading,
      Broker broker,
      Directory directory,
      Map<TopicPartition, Replica> before,
      Map<Place, WriteRate> nextRates) {
    double seconds = Duration.between(previousAt(), reading.at()).toMillis() / MILLIS;
    long logBytes = 0;
    long unlimitedBytes = 0;
    double inflow = 0;
    List<LogBound> bounds = new ArrayList<>();
    for (var log : directory.replicas().entrySet()) {
      Place place = new Place(broker.id(), directory.path(), log.getKey());
      Replica replica = log.getValue();
      Replica earlier = before.get(log.getKey());
      long grown = replica.sizeBytes() - (earlier == null ? 0 : earlier.sizeBytes());
      WriteRate rate = rates.getOrDefault(place, WriteRate.UNKNOWN).and(grown / seconds);
      nextRates.put(place, rate);
      TopicRetention retention =
          replica.arriving() ? TopicRetention.NONE : reading.retention(log.getKey());
      logBytes += replica.sizeBytes();
      unlimitedBytes += retention.isNone() ? replica.sizeBytes() : 0;
      inflow += rate.now();
      bounds.add(
          new LogBound(
              replica.sizeBytes(),
              rate.most(),
              retention,
              broker.checkMs(),
              reading.expiring().getOrDefault(log.getKey(), List.of())));
    }
    return LogDirectoryRetention.newBuilder()
        .setPath(directory.path())
        .setFsSizeBytes(directory.fsSizeBytes())
        .setFsUsedBytes(directory.fsUsedBytes())
        .setLogBytes(logBytes)
        .setInflowBytesPerSecond(inflow)
        .setHorizons(horizons(bounds))
        .setCeilingBytes(ceiling(bounds))
        .setUnlimitedBytes(unlimitedBytes)
        .setDeletesWithinMs(deletesWithinMs(bounds))
        .build();
  }

  private Instant previousAt() {
    LogReading before = previous;
    if (before == null) {
      throw new IllegalStateException("no reading before");
    }
    return before.at();
  }

  private static List<RetentionHorizon> horizons(List<LogBound> bounds) {
    return HORIZONS.stream()
        .map(Duration::toMillis)
        .map(ms ->
            new RetentionHorizon(ms, bounds.stream().mapToLong(bound -> bound.within(ms)).sum()))
        .toList();
  }

  private static @Nullable Long ceiling(List<LogBound> bounds) {
    long sum = 0;
    for (LogBound bound : bounds) {
      OptionalLong most = bound.ever();
      if (most.isEmpty()) {
        return null;
      }
      sum += most.getAsLong();
    }
    return sum;
  }

  private static @Nullable Long deletesWithinMs(List<LogBound> bounds) {
    OptionalLong first =
        bounds.stream().map(LogBound::deletesWithinMs).flatMapToLong(OptionalLong::stream).min();
    return first.isPresent() ? first.getAsLong() : null;
  }
}
