package io.mooring.autopilot.history;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads parts of several partitions as one stream: of the records that are next in their
 * partitions, the one that was written first. Holds a few thousand records, however long the parts
 * are.
 */
final class TimeMerge {

  private static final int BUFFERED_MAX = 2000;
  private static final Duration POLL = Duration.ofMillis(200);

  /** Offsets of a partition, {@code end} excluded. */
  record Part(TopicPartition partition, long begin, long end) {}

  private static final class Queue {
    private final Part part;
    private final Deque<ConsumerRecord<String, byte[]>> records = new ArrayDeque<>();
    private long position;
    private boolean paused;

    Queue(Part part) {
      this.part = part;
      this.position = part.begin();
    }

    boolean isRead() {
      return position >= part.end();
    }
  }

  private final org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer;
  private final List<Queue> queues;
  private final Deadline deadline;

  /**
   * @param parts of equally old records, those of earlier parts come first
   */
  TimeMerge(
      org.apache.kafka.clients.consumer.Consumer<String, byte[]> consumer,
      List<Part> parts,
      Deadline deadline) {
    this.consumer = consumer;
    this.queues = parts.stream().map(Queue::new).toList();
    this.deadline = deadline;
  }

  /** Returns when the last record was taken. */
  void forEach(Consumer<ConsumerRecord<String, byte[]>> taker) {
    consumer.assign(queues.stream().map(queue -> queue.part.partition()).toList());
    queues.forEach(queue -> consumer.seek(queue.part.partition(), queue.part.begin()));
    List<Queue> open = new ArrayList<>(queues);
    while (true) {
      open.removeIf(queue -> queue.isRead() && queue.records.isEmpty());
      if (open.isEmpty()) {
        return;
      }
      if (open.stream().anyMatch(queue -> queue.records.isEmpty())) {
        fill(open);
      } else {
        drain(open, taker);
      }
    }
  }

  /** Takes records as long as every partition that is not at its end has one. */
  private static void drain(List<Queue> open, Consumer<ConsumerRecord<String, byte[]>> taker) {
    while (true) {
      Queue oldest = open.getFirst();
      for (Queue queue : open) {
        if (queue.records.getFirst().timestamp() < oldest.records.getFirst().timestamp()) {
          oldest = queue;
        }
      }
      taker.accept(oldest.records.removeFirst());
      if (oldest.records.isEmpty()) {
        return;
      }
    }
  }

  private void fill(List<Queue> open) {
    deadline.check();
    for (Queue queue : queues) {
      boolean enough = queue.isRead() || queue.records.size() >= BUFFERED_MAX;
      if (enough && !queue.paused) {
        consumer.pause(List.of(queue.part.partition()));
      } else if (!enough && queue.paused) {
        consumer.resume(List.of(queue.part.partition()));
      }
      queue.paused = enough;
    }
    ConsumerRecords<String, byte[]> polled = consumer.poll(POLL);
    for (Queue queue : open) {
      polled.records(queue.part.partition()).stream()
          .filter(record -> record.offset() < queue.part.end())
          .forEach(queue.records::add);
      // The position also passes what is no record, such as the end of a transaction.
      queue.position = consumer.position(queue.part.partition());
    }
  }
}
