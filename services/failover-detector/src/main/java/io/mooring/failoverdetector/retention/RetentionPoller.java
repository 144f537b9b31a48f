package io.mooring.failoverdetector.retention;

import io.mooring.schemas.BrokerRetention;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Asks one cluster again and again what its logs can come to hold, on a thread of its own, until
 * closed. Each time with a new client: answers are large and slow, so they must not share one with
 * the watch over brokers, and what an old client believes of its connections may be wrong.
 */
public final class RetentionPoller implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(RetentionPoller.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final String name;
  private final String bootstrapServers;
  private final Duration interval;
  private final RetentionWatch watch;
  private final Consumer<List<BrokerRetention>> facts;
  private final Thread thread;
  private boolean reachable = true;

  private RetentionPoller(
      String name,
      String bootstrapServers,
      Duration interval,
      PodNames pods,
      Consumer<List<BrokerRetention>> facts) {
    this.name = name;
    this.bootstrapServers = bootstrapServers;
    this.interval = interval;
    this.watch = new RetentionWatch(name, pods);
    this.facts = facts;
    this.thread = Thread.ofVirtual().name("retention-poller-" + name).unstarted(this::run);
  }

  /**
   * Begins to ask.
   *
   * @param interval time between two readings
   * @param facts takes what each reading but the first tells
   */
  public static RetentionPoller start(
      String name,
      String bootstrapServers,
      Duration interval,
      PodNames pods,
      Consumer<List<BrokerRetention>> facts) {
    RetentionPoller poller = new RetentionPoller(name, bootstrapServers, interval, pods, facts);
    poller.thread.start();
    return poller;
  }

  private void run() {
    try {
      while (true) {
        ask();
        Thread.sleep(interval);
      }
    } catch (InterruptedException _) {
      LOG.debugf("Stopped asking for retention; cluster=%s", name);
    }
  }

  private void ask() throws InterruptedException {
    try {
      Admin admin =
          Admin.create(
              Map.of(
                  AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                  bootstrapServers,
                  AdminClientConfig.CLIENT_ID_CONFIG,
                  "mooring-retention-" + name));
      try {
        facts.accept(watch.onReading(new RetentionReader(admin).read()));
      } finally {
        admin.close(CLOSE_LIMIT);
      }
      if (!reachable) {
        LOG.infof("Retention is readable again; cluster=%s", name);
      }
      reachable = true;
    } catch (KafkaException e) {
      lost(e);
    } catch (ExecutionException e) {
      lost(e.getCause());
    }
  }

  private void lost(Throwable cause) {
    if (reachable) {
      LOG.warnf(
          "Retention cannot be read, forecasts do without it; cluster=%s servers=%s cause=%s",
          name, bootstrapServers, cause);
    }
    reachable = false;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
