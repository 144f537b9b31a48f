package io.mooring.volumeagent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.ControlTopic;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class EndWaitersTest {

  private static final ControlTopic TOPIC = ControlTopic.SNAPSHOTS;
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC.topicName(), 0);

  private final EndWaiters waiters = new EndWaiters();

  @Test
  void aWaiterGoesWhenTheEndThatItFoundIsReachedNotBeforeAndNotLater() {
    MockConsumer<byte[], byte[]> consumer = consumer(2);
    CompletableFuture<Void> reached = waiters.add(TOPIC);

    serve(consumer, true);
    assertThat(reached).isNotDone();
    hear(consumer, 0);
    // What comes after the question does not count.
    consumer.updateEndOffsets(Map.of(PARTITION, 9L));
    serve(consumer, true);
    assertThat(reached).isNotDone();
    hear(consumer, 1);
    serve(consumer, true);

    assertThat(reached).isCompleted();
  }

  @Test
  void aTopicThatIsStillReplayedHasNoEnd() {
    MockConsumer<byte[], byte[]> consumer = consumer(0);
    CompletableFuture<Void> reached = waiters.add(TOPIC);

    serve(consumer, false);
    assertThat(reached).isNotDone();
    serve(consumer, true);

    assertThat(reached).isCompleted();
  }

  @Test
  void anotherConsumerLooksForTheEndAnew() {
    MockConsumer<byte[], byte[]> first = consumer(1);
    CompletableFuture<Void> reached = waiters.add(TOPIC);
    serve(first, true);

    waiters.lookAnew();
    MockConsumer<byte[], byte[]> second = consumer(2);
    hear(second, 0);
    serve(second, true);
    assertThat(reached).isNotDone();
    hear(second, 1);
    serve(second, true);

    assertThat(reached).isCompleted();
  }

  @Test
  void nobodyWaitsForAnAgentThatEnds() {
    CompletableFuture<Void> before = waiters.add(TOPIC);

    waiters.giveUp();

    assertThat(before).isCompletedExceptionally();
    assertThat(waiters.add(TOPIC)).isCompletedExceptionally();
  }

  private void serve(MockConsumer<byte[], byte[]> consumer, boolean caughtUp) {
    waiters.serve(consumer, topic -> caughtUp && topic.equals(TOPIC.topicName()));
  }

  private static MockConsumer<byte[], byte[]> consumer(long end) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    consumer.assign(Set.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, end));
    return consumer;
  }

  private static void hear(MockConsumer<byte[], byte[]> consumer, long offset) {
    consumer.addRecord(
        new ConsumerRecord<>(TOPIC.topicName(), 0, offset, new byte[0], new byte[0]));
    consumer.poll(Duration.ZERO);
  }
}
