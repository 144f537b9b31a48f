package io.mooring.failoverdetector.brokers;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Brokers that Kafka lists and that are not judged to serve: told when it lasts, because nothing
 * else shows it. Used by one thread.
 */
final class SilentBrokers {

  private static final Logger LOG = Logger.getLogger(SilentBrokers.class);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String servers;

  /** Since when, in nanoseconds. */
  private final Map<Integer, Long> since = new HashMap<>();

  /** How often each was told of since then. */
  private final Map<Integer, Integer> told = new HashMap<>();

  /**
   * @param servers of the cluster, to name it
   */
  SilentBrokers(String servers) {
    this.servers = servers;
  }

  /**
   * Takes in a reading.
   *
   * @param listed brokers that Kafka lists, with whether their process is known to have ended
   * @param answering brokers that answer
   * @return those that were told of now: every ten seconds for as long as it lasts
   */
  Set<Integer> saw(Map<Integer, Boolean> listed, Set<Integer> answering, long nowNanos) {
    since.keySet().retainAll(listed.keySet());
    since.keySet().removeAll(answering);
    told.keySet().retainAll(since.keySet());
    Set<Integer> toldNow = new HashSet<>();
    listed.forEach((broker, ended) -> {
      if (answering.contains(broker)) {
        return;
      }
      long began = since.computeIfAbsent(broker, _ -> nowNanos);
      int times = told.getOrDefault(broker, 0) + 1;
      if (nowNanos - began >= times * PATIENCE.toNanos()) {
        told.put(broker, times);
        toldNow.add(broker);
        LOG.warnf(
            "Broker is listed and not judged to serve; servers=%s broker=%d forSeconds=%d because=%s",
            servers,
            broker,
            Duration.ofNanos(nowNanos - began).toSeconds(),
            ended ? "its connection was refused or reset" : "it does not answer requests");
      }
    });
    return toldNow;
  }
}
