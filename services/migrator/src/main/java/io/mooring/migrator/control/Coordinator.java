package io.mooring.migrator.control;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.MigrationState;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.Record;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.transactions.KafkaTransactions;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/**
 * Decides, one record after the other, on a thread of its own. What follows from a record and the
 * position behind it are one transaction, which the group's generation fences: an instance that was
 * replaced commits nothing. Before each decision the table is brought to the end of what was
 * committed, so that it never holds what was not.
 */
@ApplicationScoped
class Coordinator {

  private static final Logger LOG = Logger.getLogger(Coordinator.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int STRAYED_MAX = 3;

  private final KafkaTransactions<Record<String, byte[]>> decisions;
  private final KafkaClientService clients;
  private final Envelopes envelopes;
  private final Decider decider;
  private final MigrationTable table;
  private final MigratorMetrics metrics;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("decider").daemon().factory());

  /** Which record of each partition comes next, once one of it was decided on. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  private int strayed;

  Coordinator(
      @Channel("decisions") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          KafkaTransactions<Record<String, byte[]>> decisions,
      KafkaClientService clients,
      Envelopes envelopes,
      Decider decider,
      MigrationTable table,
      MigratorMetrics metrics) {
    this.decisions = decisions;
    this.clients = clients;
    this.envelopes = envelopes;
    this.decider = decider;
    this.table = table;
    this.metrics = metrics;
  }

  @Incoming("inputs")
  CompletionStage<Void> decide(Message<byte[]> message) {
    return Uni.createFrom()
        .voidItem()
        .emitOn(thread)
        .invoke(() -> decideOrRepeat(message))
        .chain(() -> Uni.createFrom().completionStage(message.ack()))
        .subscribeAsCompletionStage();
  }

  private void decideOrRepeat(Message<byte[]> message) {
    ConsumerRecord<String, byte[]> record = recordOf(message);
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    if (!isNext(partition, record.offset())) {
      return;
    }
    try {
      decide(message, record);
      next.put(partition, record.offset() + 1);
    } catch (RuntimeException e) {
      LOG.warnf(
          e,
          "A decision was not committed and is repeated; topic=%s offset=%d",
          record.topic(),
          record.offset());
      metrics.repeated();
      rest();
      rewind();
    }
  }

  /**
   * A record that was fetched before its predecessor failed must not be decided on first: the
   * position behind it would be committed. What is really missing is given up after a few tries.
   */
  private boolean isNext(TopicPartition partition, long offset) {
    long expected = next.getOrDefault(partition, offset);
    if (offset > expected && strayed < STRAYED_MAX) {
      strayed++;
      LOG.warnf(
          "A record came too early; partition=%s offset=%d expected=%d",
          partition, offset, expected);
      rest();
      rewind();
      return false;
    }
    strayed = 0;
    return offset >= expected;
  }

  private void decide(Message<byte[]> message, ConsumerRecord<String, byte[]> record) {
    List<Decider.Output> outputs = decider.decide(record, table.latest());
    EventHeaders cause = EventHeaders.readIfValid(record.headers()).orElse(null);
    List<Message<Record<String, byte[]>>> messages =
        outputs.stream()
            .map(output -> envelopes.of(output.topic(), output.key(), output.value(), cause))
            .toList();
    decisions
        .withTransaction(
            message,
            emitter -> {
              messages.forEach(emitter::send);
              return Uni.createFrom().voidItem();
            })
        .await()
        .atMost(LIMIT);
    outputs.forEach(this::check);
    outputs.forEach(metrics::followed);
  }

  /** A commit that fails is told by nobody: it counts when it can be read. */
  private void check(Decider.Output output) {
    if (output.topic() == ControlTopic.MIGRATIONS
        && output.value() instanceof MigrationState state) {
      MigrationState committed = table.latest().get(state.getName());
      if (committed == null || committed.getRevision() < state.getRevision()) {
        throw new IllegalStateException("the transaction was not committed");
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static ConsumerRecord<String, byte[]> recordOf(Message<byte[]> message) {
    return (ConsumerRecord<String, byte[]>)
        message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow().getRecord();
  }

  private static void rest() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** To what was committed last. An instance that lost the partition has nothing to rewind. */
  private void rewind() {
    try {
      KafkaConsumer<?, ?> consumer = clients.getConsumer("inputs");
      consumer.resetToLastCommittedPositions().await().atMost(LIMIT);
    } catch (RuntimeException e) {
      LOG.warnf(e, "Could not go back to what was committed");
    }
  }

  @PreDestroy
  void close() {
    thread.shutdownNow();
  }
}
