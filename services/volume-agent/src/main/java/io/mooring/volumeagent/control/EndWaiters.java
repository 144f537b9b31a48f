package io.mooring.volumeagent.control;

import io.mooring.schemas.ControlTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Those who wait until a topic was read up to the end that it had when they asked. Silence about
 * something means that it is not there only after that.
 */
final class EndWaiters {

  private record Waiter(ControlTopic topic, CompletableFuture<Void> reached) {}

  /** Ends that are to be reached. */
  private record Looked(Waiter waiter, Map<TopicPartition, Long> ends) {}

  private final Queue<Waiter> asked = new ConcurrentLinkedQueue<>();

  /** Of the follower's thread alone. */
  private final List<Looked> looked = new ArrayList<>();

  private volatile boolean over;

  CompletableFuture<Void> add(ControlTopic topic) {
    Waiter waiter = new Waiter(topic, new CompletableFuture<>());
    asked.add(waiter);
    if (over) {
      failAsked();
    }
    return waiter.reached;
  }

  /** There is a new consumer: where the old one stood counts for nothing. */
  void lookAnew() {
    looked.forEach(one -> asked.add(one.waiter));
    looked.clear();
  }

  /**
   * Looks for new waiters where the ends are now, and lets those go whose ends are reached. Called
   * between two polls, when everything that was polled has been heard.
   *
   * @param caughtUp whether a topic was read up to where it ended when the consumer was opened
   */
  void serve(Consumer<?, ?> consumer, Predicate<String> caughtUp) {
    for (Waiter waiter = asked.poll(); waiter != null; waiter = asked.poll()) {
      // Put back if this fails: the waiter is served by the next consumer.
      looked.add(new Looked(waiter, Map.of()));
      String topic = waiter.topic.topicName();
      Map<TopicPartition, Long> ends =
          consumer.endOffsets(
              consumer.assignment().stream().filter(one -> one.topic().equals(topic)).toList());
      looked.set(looked.size() - 1, new Looked(waiter, ends));
    }
    looked.removeIf(one -> {
      boolean reached =
          caughtUp.test(one.waiter.topic.topicName())
              && one.ends.entrySet().stream()
                  .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
      if (reached) {
        one.waiter.reached.complete(null);
      }
      return reached;
    });
  }

  /** Nothing is read any more. */
  void giveUp() {
    over = true;
    lookAnew();
    failAsked();
  }

  private void failAsked() {
    for (Waiter waiter = asked.poll(); waiter != null; waiter = asked.poll()) {
      waiter.reached.completeExceptionally(
          new IllegalStateException("the control topics are not followed any more"));
    }
  }
}
