package io.mooring.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Stands for election as long as it runs, and leads while it holds the lease. What two leaders
 * write at once, for a moment, must be the same.
 */
public final class Candidacy implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Candidacy.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * Who stands for what.
   *
   * @param lease name of the lease
   * @param namespace of the lease
   * @param instance name of this instance, unique among all
   * @param leaseDuration after this time without news of the leader another takes its place
   */
  public record Candidate(
      String lease, String namespace, String instance, Duration leaseDuration) {}

  /** What a leader does from gaining the lease until it is closed. */
  public interface Term extends AutoCloseable {
    @Override
    void close();
  }

  private final KubernetesClient client;
  private final Candidate candidate;
  private final Supplier<Term> begin;
  private final Thread thread = Thread.ofVirtual().name("election").unstarted(this::run);
  private Optional<Term> term = Optional.empty();
  private volatile Optional<CompletableFuture<?>> candidacy = Optional.empty();
  private volatile boolean closed;

  /**
   * @param begin what is done when the lease is gained
   */
  public Candidacy(KubernetesClient client, Candidate candidate, Supplier<Term> begin) {
    this.client = client;
    this.candidate = candidate;
    this.begin = begin;
  }

  /** Stands for election from now on. */
  public void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        CompletableFuture<?> running =
            client.leaderElector().withConfig(election()).build().start();
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
    Duration lease = candidate.leaseDuration();
    return new LeaderElectionConfigBuilder()
        .withName(candidate.lease())
        .withLock(new LeaseLock(candidate.namespace(), candidate.lease(), candidate.instance()))
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
    if (!closed && term.isEmpty()) {
      LOG.infof("This instance leads on Kubernetes; instance=%s", candidate.instance());
      term = Optional.of(begin.get());
    }
  }

  private synchronized void deposed() {
    term.ifPresent(Term::close);
    term = Optional.empty();
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
