package io.mooring.localcluster.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Hands events to whoever subscribed, on the thread on which they were seen; none is kept. */
public final class EventFeed {

  private final List<Consumer<ClusterEvent>> subscribers = new CopyOnWriteArrayList<>();

  /** Subscribes until the result is closed. Subscribers must return quickly and not throw. */
  public Subscription subscribe(Consumer<ClusterEvent> subscriber) {
    subscribers.add(subscriber);
    return () -> subscribers.remove(subscriber);
  }

  public void publish(ClusterEvent event) {
    subscribers.forEach(subscriber -> subscriber.accept(event));
  }

  /** Ends a subscription. */
  public interface Subscription extends AutoCloseable {

    @Override
    void close();
  }
}
