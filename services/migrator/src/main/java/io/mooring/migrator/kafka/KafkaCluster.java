package io.mooring.migrator.kafka;

import io.mooring.migrator.kafka.KafkaCut.Partition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A Kafka cluster that is moved, or that was made of what was moved. */
public final class KafkaCluster {

  private final String bootstrapServers;

  public KafkaCluster(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  /** What is committed at this moment, partition by partition. */
  public KafkaCut cut() throws IOException {
    try (KafkaReader reader = new KafkaReader(bootstrapServers)) {
      return reader.read();
    }
  }

  /** Whether everything below a cut is here. */
  public KafkaReport check(KafkaCut cut) throws IOException {
    try (KafkaReader reader = new KafkaReader(bootstrapServers)) {
      KafkaCut found = reader.read();
      Map<TopicPartition, Partition> here = found.byPartition();
      Set<String> shortened = new HashSet<>();
      List<Partition> reached = new ArrayList<>();
      for (Partition wanted : cut.partitions()) {
        Partition there = here.get(wanted.key());
        if (wanted.isKnown() && there != null && there.isKnown()) {
          if (there.logStart() > wanted.logStart()) {
            shortened.add(wanted.topic());
          }
          if (hasHistory(wanted, there)) {
            reached.add(wanted);
          }
        }
      }
      return new KafkaComparison(
              cut,
              found,
              reader.expiring(shortened),
              new KafkaHistories(bootstrapServers).parting(reached))
          .report();
    }
  }

  /** Whether there is anything below the cut whose history can be asked for. */
  private static boolean hasHistory(Partition wanted, Partition there) {
    return wanted.leaderEpoch() >= 0
        && there.leaderEpoch() >= wanted.leaderEpoch()
        && wanted.highWatermark() > Math.max(wanted.logStart(), there.logStart())
        && there.highWatermark() >= wanted.highWatermark();
  }
}
