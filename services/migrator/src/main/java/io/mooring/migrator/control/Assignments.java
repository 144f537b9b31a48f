package io.mooring.migrator.control;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * A task belongs to the instance that has its partition, and to nobody before it was read again.
 */
@ApplicationScoped
@Identifier("tasks")
class Assignments implements KafkaConsumerRebalanceListener {

  private final TaskRunner runner;

  Assignments(TaskRunner runner) {
    this.runner = runner;
  }

  @Override
  public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    consumer.seekToBeginning(partitions);
    partitions.forEach(partition -> runner.gained(partition.partition()));
  }

  @Override
  public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> runner.lost(partition.partition()));
  }

  @Override
  public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> runner.lost(partition.partition()));
  }
}
