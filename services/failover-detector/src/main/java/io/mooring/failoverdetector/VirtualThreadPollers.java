package io.mooring.failoverdetector;

import io.mooring.failoverdetector.brokers.ClusterPoller;
import io.mooring.failoverdetector.brokers.ClusterReading;
import io.mooring.failoverdetector.stream.ClusterExchange;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** One virtual thread per cluster. */
final class VirtualThreadPollers implements ClusterExchange.Pollers {

  private final ClusterPoller.Pace pace;
  private final BiConsumer<String, ClusterReading> readings;
  private final Map<String, ClusterPoller> running = new HashMap<>();

  VirtualThreadPollers(ClusterPoller.Pace pace, BiConsumer<String, ClusterReading> readings) {
    this.pace = pace;
    this.readings = readings;
  }

  @Override
  public synchronized void start(String name, String bootstrapServers) {
    stop(name);
    running.put(
        name,
        ClusterPoller.start(
            name, bootstrapServers, pace, reading -> readings.accept(name, reading)));
  }

  @Override
  public synchronized void stop(String name) {
    ClusterPoller poller = running.remove(name);
    if (poller != null) {
      poller.close();
    }
  }

  @Override
  public synchronized void stopAll() {
    running.values().forEach(ClusterPoller::close);
    running.clear();
  }
}
