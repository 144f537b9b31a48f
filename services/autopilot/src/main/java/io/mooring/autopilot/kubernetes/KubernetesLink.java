package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * The autopilot's part in a Kubernetes cluster: stands for election as long as it runs, and leads
 * while it holds the lease. What two leaders write at once, for a moment, is the same.
 */
public final class KubernetesLink implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(KubernetesLink.class);
  private static final String LEASE = "mooring-autopilot";
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final KubernetesSettings settings;
  private final KubernetesParts parts;
  private final KubernetesMetrics metrics;
  private final Thread thread = Thread.ofVirtual().name("election").unstarted(this::run);
  private Optional<Leadership> leadership = Optional.empty();
  private volatile Optional<CompletableFuture<?>> candidacy = Optional.empty();
  private volatile boolean closed;

  public KubernetesLink(
      KubernetesSettings settings, KubernetesParts parts, KubernetesMetrics metrics) {
    this.settings = settings;
    this.parts = parts;
    this.metrics = metrics;
  }

  /** Stands for election from now on. */
  public void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        CompletableFuture<?> running =
            parts.client().leaderElector().withConfig(election()).build().start();
        candidacy = Optional.of(running);
        if (closed) {
          running.cancel(true);
        }
        running.join();
      } catch (CancellationException | CompletionException | KubernetesClientException e) {
        LOG.debugf(e, "A candidacy is over");
      } finally {
        deposed();
      }
      LockSupport.parkNanos(closed ? 0 : PAUSE.toNanos());
    }
  }

  private LeaderElectionConfig election() {
    Duration lease = settings.leaseDuration();
    return new LeaderElectionConfigBuilder()
        .withName(LEASE)
        .withLock(new LeaseLock(settings.namespace(), LEASE, settings.instance()))
        .withLeaseDuration(lease)
        .withRenewDeadline(lease.multipliedBy(2).dividedBy(3))
        .withRetryPeriod(lease.dividedBy(8))
        .withReleaseOnCancel(true)
        .withLeaderCallbacks(
            new LeaderCallbacks(
                this::elected,
                this::deposed,
                leader -> LOG.infof("Leader on Kubernetes; leader=%s", leader)))
        .build();
  }

  private synchronized void elected() {
    if (!closed && leadership.isEmpty()) {
      LOG.infof("This instance leads on Kubernetes; instance=%s", settings.instance());
      leadership = Optional.of(Leadership.begin(settings, parts, metrics));
    }
  }

  private synchronized void deposed() {
    leadership.ifPresent(Leadership::close);
    leadership = Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    candidacy.ifPresent(running -> running.cancel(true));
    LockSupport.unpark(thread);
    deposed();
    try {
      thread.join(PAUSE.multipliedBy(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
