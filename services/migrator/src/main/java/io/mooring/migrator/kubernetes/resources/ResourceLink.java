package io.mooring.migrator.kubernetes.resources;

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
 * The migrator's part in a Kubernetes cluster: stands for election as long as it runs, and leads
 * while it holds the lease. What two leaders write at once, for a moment, is the same.
 */
public final class ResourceLink implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(ResourceLink.class);
  private static final String LEASE = "mooring-migrator";
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ResourceSettings settings;
  private final ResourceParts parts;
  private final ResourceMetrics metrics;
  private final Thread thread = Thread.ofVirtual().name("election").unstarted(this::run);
  private Optional<ResourceLeadership> leadership = Optional.empty();
  private volatile Optional<CompletableFuture<?>> candidacy = Optional.empty();
  private volatile boolean closed;

  public ResourceLink(ResourceSettings settings, ResourceParts parts, ResourceMetrics metrics) {
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
      leadership = Optional.of(ResourceLeadership.begin(settings, parts, metrics));
    }
  }

  private synchronized void deposed() {
    leadership.ifPresent(ResourceLeadership::close);
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
