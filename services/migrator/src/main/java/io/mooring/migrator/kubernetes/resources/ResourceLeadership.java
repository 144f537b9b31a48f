package io.mooring.migrator.kubernetes.resources;

import io.mooring.kubernetes.Candidacy;
import io.mooring.kubernetes.ClusterEvents;
import io.mooring.migrator.control.CommittedState;
import io.mooring.migrator.control.StateView;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * What the leader does, from gaining the lease to losing it: again and again, everything that is
 * wanted is compared with everything that is there. Nothing depends on having heard every change.
 */
final class ResourceLeadership implements Candidacy.Term {

  private static final Logger LOG = Logger.getLogger(ResourceLeadership.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ResourceSettings settings;
  private final ResourceParts parts;
  private final ResourceMetrics metrics;
  private final ResourceView view;
  private final VolumeDirectory volumes;
  private final PairSync pairs;
  private final RuleSync rules;
  private final ScheduleSync schedules;
  private final MigrationSync migrations;
  private final Set<String> failing = new HashSet<>();
  private final Thread thread = Thread.ofVirtual().name("resources").unstarted(this::run);
  private volatile boolean closed;

  private ResourceLeadership(
      ResourceSettings settings, ResourceParts parts, ResourceMetrics metrics) {
    this.settings = settings;
    this.parts = parts;
    this.metrics = metrics;
    var client = parts.client();
    Clock clock = parts.clock();
    ControlNames names = new ControlNames(settings.adminNamespace());
    ClusterEvents events = new ClusterEvents(client, Kinds.MIGRATOR, settings.instance(), clock);
    Presence presence = new Presence(client);
    this.view = new ResourceView(client);
    this.volumes = new VolumeDirectory(view, parts.manager(), settings.csiDriver(), clock);
    MigrationTemplate template = new MigrationTemplate(view, volumes, names);
    this.pairs =
        new PairSync(
            new Keeper<>(Shelf.pairs(parts.letters()), presence, clock),
            new StatusBoard(client, Kinds.PAIR, events, clock),
            names,
            client,
            new PairProbes(parts.probe(), clock),
            clock);
    this.rules =
        new RuleSync(
            new Keeper<>(Shelf.rules(parts.letters()), presence, clock),
            new StatusBoard(client, Kinds.RULE, events, clock),
            names,
            clock);
    this.schedules =
        new ScheduleSync(
            new ScheduleSync.Tools(
                new Keeper<>(Shelf.schedules(parts.letters()), presence, clock),
                new StatusBoard(client, Kinds.SCHEDULE, events, clock),
                names,
                template,
                new Policies(view),
                new ScheduleEvents(events),
                client),
            clock);
    this.migrations =
        new MigrationSync(
            new MigrationSync.Tools(
                parts.letters(),
                new StatusBoard(client, Kinds.MIGRATION, events, clock),
                names,
                template,
                new MovedObjects(parts.repository(), clock),
                presence,
                new MigrationEvents(events)),
            clock);
  }

  static ResourceLeadership begin(
      ResourceSettings settings, ResourceParts parts, ResourceMetrics metrics) {
    ResourceLeadership leadership = new ResourceLeadership(settings, parts, metrics);
    metrics.leads(true);
    leadership.thread.start();
    return leadership;
  }

  private void run() {
    while (!closed) {
      attempt("topics", this::compare);
      rest();
    }
  }

  /** As long as nothing goes wrong with the connection to the topics. */
  private void compare() {
    try (CommittedState topics = parts.topics().get()) {
      while (!closed) {
        // What is not known yet is left for a later pass, so that it is not taken for deleted.
        if (view.isComplete()) {
          pass(topics);
          caughtUp("topics");
        }
        rest();
      }
    }
  }

  private void rest() {
    LockSupport.parkNanos(settings.compareEvery().toNanos());
  }

  private void pass(CommittedState topics) {
    volumes.begin();
    StateView before = topics.latest();
    attempt("pairs", () -> pairs.pass(view.pairs(), before));
    attempt("rules", () -> rules.pass(view.rules(), before));
    // Pairs and rules that came with a migration are there for it.
    StateView state = topics.latest();
    attempt("schedules", () -> schedules.pass(view.schedules(), state));
    attempt("migrations", () -> migrations.pass(view.migrations(), state, volumes.claims()));
  }

  private void attempt(String part, Runnable work) {
    if (closed) {
      return;
    }
    try {
      work.run();
      caughtUp(part);
    } catch (RuntimeException e) {
      if (closed) {
        return;
      }
      metrics.failed(part);
      if (failing.add(part)) {
        LOG.warnf(
            e,
            "MIG-170 The cluster and the control topics differ until it succeeds; part=%s",
            part);
      }
    }
  }

  private void caughtUp(String part) {
    if (failing.remove(part)) {
      LOG.infof("Caught up with the cluster; part=%s", part);
    }
  }

  @Override
  public void close() {
    closed = true;
    metrics.leads(false);
    LockSupport.unpark(thread);
    view.close();
    try {
      if (!thread.join(PATIENCE)) {
        // It waits for somebody who does not answer.
        thread.interrupt();
        thread.join(PATIENCE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
