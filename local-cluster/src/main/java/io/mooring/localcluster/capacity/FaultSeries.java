package io.mooring.localcluster.capacity;

import io.mooring.localcluster.Faults;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.event.ClusterEvent;
import io.mooring.localcluster.incident.EventRecorder;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.RulePhase;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Kills one part of the control after another and brings it back, at random moments drawn from a
 * seed: half of the time just after a decision, when most is under way.
 */
final class FaultSeries implements Trouble {

  private static final Logger LOG = System.getLogger(FaultSeries.class.getName());
  private static final int PAUSE_MS_MAX = 6_000;
  private static final int AWAY_MS_MAX = 4_000;
  private static final int AFTER_DECISION_MS_MAX = 400;
  private static final Duration DECISION_LIMIT = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration JOIN_LIMIT = Duration.ofMinutes(2);

  /** What is killed. */
  private enum Kind {
    AUTOPILOT,
    MANAGER,
    AGENT,
    CONTROL_KAFKA
  }

  private final LocalCluster cluster;
  private final Random random;
  private final List<Kind> deck = new ArrayList<>();
  private @Nullable EventRecorder events;
  private @Nullable Thread thread;
  private volatile boolean ending;

  FaultSeries(LocalCluster cluster, long seed) {
    this.cluster = cluster;
    this.random = new Random(seed);
  }

  @Override
  public void begin(EventRecorder recorder) {
    events = recorder;
    thread = Thread.ofVirtual().name("faults").start(() -> strike(recorder));
  }

  @Override
  public void end() throws InterruptedException {
    ending = true;
    Thread running = thread;
    if (running != null && !running.join(JOIN_LIMIT)) {
      throw new LocalClusterException(
          "LCL-010",
          "Waited in vain until the newest fault was over",
          "what was killed does not start",
          "See the logs of the services");
    }
  }

  /** What was done, on the clock of the story. */
  List<CapacityResult.Struck> struck(Instant began) {
    EventRecorder recorder = events;
    if (recorder == null) {
      return List.of();
    }
    return recorder.events().stream()
        .filter(ClusterEvent.Fault.class::isInstance)
        .map(ClusterEvent.Fault.class::cast)
        .map(fault ->
            new CapacityResult.Struck(
                Duration.between(began, fault.at()).toMillis() / 1e3,
                fault.fault(),
                fault.target()))
        .toList();
  }

  private void strike(EventRecorder recorder) {
    try {
      while (!ending) {
        awaitMoment(recorder);
        if (!ending) {
          strike(next());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (LocalClusterException e) {
      LOG.log(Level.ERROR, "The series of faults ends early: error={0}", e.getMessage());
    }
  }

  private void awaitMoment(EventRecorder recorder) throws InterruptedException {
    // Drawn in any case, so that the same seed gives the same series.
    boolean afterDecision = random.nextBoolean();
    int pause = random.nextInt(PAUSE_MS_MAX);
    int shortly = random.nextInt(AFTER_DECISION_MS_MAX);
    Thread.sleep(pause);
    if (afterDecision) {
      awaitDecision(recorder);
      Thread.sleep(shortly);
    }
  }

  private void awaitDecision(EventRecorder recorder) throws InterruptedException {
    Instant since = Instant.now();
    Instant limit = since.plus(DECISION_LIMIT);
    boolean decided = false;
    while (!decided && !ending && Instant.now().isBefore(limit)) {
      decided = recorder.await(event -> isDecision(event, since), LOOK).isPresent();
    }
  }

  private static boolean isDecision(ClusterEvent event, Instant since) {
    return event.at().isAfter(since)
        && event instanceof ClusterEvent.Record record
        && record.value().orElse(null) instanceof AutopilotEvent decided
        && (decided.getDetail() instanceof ResizeRequested
            || decided.getDetail() instanceof RuleMoved moved
                && moved.getTo() == RulePhase.ActiveActionsTaken);
  }

  /** Each kind comes once before any comes again. */
  private Kind next() {
    if (deck.isEmpty()) {
      deck.addAll(List.of(Kind.values()));
      Collections.shuffle(deck, random);
    }
    return deck.removeLast();
  }

  private void strike(Kind kind) throws InterruptedException {
    Faults faults = cluster.faults();
    int away = random.nextInt(AWAY_MS_MAX);
    int node = random.nextInt(cluster.nodes().size());
    switch (kind) {
      case AUTOPILOT -> {
        faults.killAutopilot();
        Thread.sleep(away);
        faults.startAutopilot();
      }
      case MANAGER -> {
        faults.killManager();
        Thread.sleep(away);
        faults.startManager();
      }
      case AGENT -> faults.crashAgent(cluster.nodes().get(node).name());
      case CONTROL_KAFKA -> {
        faults.killControlKafka();
        Thread.sleep(away);
        faults.startControlKafka();
      }
    }
  }
}
