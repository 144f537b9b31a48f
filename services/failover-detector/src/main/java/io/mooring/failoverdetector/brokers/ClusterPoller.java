package io.mooring.failoverdetector.brokers;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/**
 * Reads one cluster again and again on a thread of its own, until closed. An absent cluster is
 * tried for ever.
 */
public final class ClusterPoller implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ClusterPoller.class);

  /** After that long without a reading, another client is tried. */
  private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(10);

  /**
   * @param interval time between two readings
   * @param requestTimeout limit of one request to a broker
   */
  public record Pace(Duration interval, Duration requestTimeout) {}

  private final String name;
  private final String bootstrapServers;
  private final Pace pace;
  private final Consumer<ClusterReading> readings;
  private final Thread thread;
  private boolean reachable = true;

  private ClusterPoller(
      String name, String bootstrapServers, Pace pace, Consumer<ClusterReading> readings) {
    this.name = name;
    this.bootstrapServers = bootstrapServers;
    this.pace = pace;
    this.readings = readings;
    this.thread = Thread.ofVirtual().name("cluster-poller-" + name).unstarted(this::run);
  }

  public static ClusterPoller start(
      String name, String bootstrapServers, Pace pace, Consumer<ClusterReading> readings) {
    ClusterPoller poller = new ClusterPoller(name, bootstrapServers, pace, readings);
    poller.thread.start();
    return poller;
  }

  private void run() {
    SilentBrokers silent = new SilentBrokers(bootstrapServers);
    try (Tethers tethers = new Tethers()) {
      while (true) {
        try (AdminClusterReader reader =
            new AdminClusterReader(bootstrapServers, pace.requestTimeout(), tethers, silent)) {
          readWhileItHelps(reader);
        } catch (KafkaException e) {
          lost(e.toString()); // e.g. the host names do not resolve yet
        }
        Thread.sleep(pace.requestTimeout());
      }
    } catch (InterruptedException _) {
      LOG.debugf("Stopped watching cluster %s", name);
    }
  }

  /** A client is not trusted for ever: what it believes of connections can be wrong for good. */
  private void readWhileItHelps(AdminClusterReader reader) throws InterruptedException {
    long lastReadingNanos = System.nanoTime();
    while (System.nanoTime() - lastReadingNanos < CLIENT_PATIENCE.toNanos()) {
      try {
        readings.accept(reader.read());
        lastReadingNanos = System.nanoTime();
        found();
        if (reader.isStale()) {
          return;
        }
      } catch (TimeoutException _) {
        lost("the client does not end a request");
        return;
      } catch (ExecutionException e) {
        // A topic may be deleted between two requests: read again, and tell if it goes on.
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          lost(e.getCause().toString());
        }
      }
      Thread.sleep(pace.interval());
    }
    lost("no reading for " + CLIENT_PATIENCE.toSeconds() + " s");
  }

  private void found() {
    if (!reachable) {
      LOG.infof("Cluster is readable again; cluster=%s servers=%s", name, bootstrapServers);
    }
    reachable = true;
  }

  private void lost(String cause) {
    if (reachable) {
      LOG.warnf(
          "Cluster cannot be read and is not judged; cluster=%s servers=%s cause=%s",
          name, bootstrapServers, cause);
    }
    reachable = false;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
