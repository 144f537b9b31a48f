package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.kubernetes.Candidacy;
import io.mooring.kubernetes.ClusterEvents;
import io.mooring.schemas.VolumeLabels;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/**
 * What the leader does, from gaining the lease to losing it: each second, everything that is wanted
 * is compared with everything that is there. Nothing depends on having heard every change.
 */
final class Leadership implements Candidacy.Term {

  private static final Logger LOG = Logger.getLogger(Leadership.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final KubernetesSettings settings;
  private final AutopilotParts autopilot;
  private final KubernetesParts parts;
  private final KubernetesMetrics metrics;
  private final RecentMoves moves = new RecentMoves();
  private final RuleSync rules;
  private final LabelSync labels;
  private final ObjectSync objects;
  private final ApprovalSync approvals;
  private final ClusterView view;
  private final ClaimDirectory claims;
  private final Set<String> failing = new HashSet<>();
  private final Thread thread;
  private Map<String, Optional<VolumeLabels>> claimed = Map.of();
  private volatile boolean closed;

  private Leadership(
      KubernetesSettings settings, KubernetesParts parts, KubernetesMetrics metrics) {
    this.settings = settings;
    this.parts = parts;
    this.autopilot = parts.autopilot();
    this.metrics = metrics;
    var client = parts.client();
    ClusterEvents events =
        new ClusterEvents(client, Kinds.AUTOPILOT, settings.instance(), parts.clock());
    this.rules = new RuleSync(client, autopilot.rules(), parts.writer(), events, parts.clock());
    this.labels = new LabelSync(parts.writer());
    this.objects = new ObjectSync(client, events, moves, this::namespaceOf, parts.clock());
    this.approvals =
        new ApprovalSync(
            client,
            autopilot.objects(),
            autopilot.rules(),
            parts.writer(),
            settings.namespace(),
            parts.clock());
    this.view = new ClusterView(client, approvals::deleted);
    this.claims = new ClaimDirectory(view, settings.csiDriver(), parts.clock());
    this.thread = Thread.ofVirtual().name("kubernetes").unstarted(this::run);
  }

  static Leadership begin(
      KubernetesSettings settings, KubernetesParts parts, KubernetesMetrics metrics) {
    Leadership leadership = new Leadership(settings, parts, metrics);
    leadership.moves.begin(parts.autopilot().objects().all());
    parts.autopilot().objects().listen(leadership.moves);
    metrics.leads(true);
    leadership.thread.start();
    return leadership;
  }

  private void run() {
    while (!closed) {
      if (parts.topicsRead().getAsBoolean()) {
        pass();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** What is not known yet is left for the next pass, so that it is not taken for deleted. */
  private void pass() {
    if (view.hasRules()) {
      attempt("rules", () -> rules.pass(view.rules()));
    }
    if (!view.hasClaims()) {
      return;
    }
    claimed = claims.all();
    attempt("labels", () -> labels.pass(claimed));
    if (view.hasObjects() && view.hasRules()) {
      attempt(
          "objects", () -> objects.pass(autopilot.objects().all(), view.objects(), rulesByName()));
    }
    if (view.hasApprovals()) {
      attempt("approvals", () -> approvals.pass(view.approvals(), claimed));
    }
  }

  private Map<String, GenericKubernetesResource> rulesByName() {
    Map<String, GenericKubernetesResource> byName = new HashMap<>();
    view.rules().forEach(rule -> byName.put(rule.getMetadata().getName(), rule));
    return byName;
  }

  private String namespaceOf(String volumeId) {
    return claimed
        .getOrDefault(volumeId, Optional.empty())
        .map(VolumeLabels::getNamespace)
        .orElse(settings.namespace());
  }

  private void attempt(String part, Runnable work) {
    if (closed) {
      return;
    }
    try {
      work.run();
      if (failing.remove(part)) {
        LOG.infof("Caught up with the cluster; part=%s", part);
      }
    } catch (RuntimeException e) {
      metrics.failed(part);
      if (failing.add(part)) {
        LOG.warnf(
            e,
            "AUT-042 The cluster and the control topics differ until it succeeds; part=%s",
            part);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    metrics.leads(false);
    autopilot.objects().ignore(moves);
    LockSupport.unpark(thread);
    view.close();
    try {
      thread.join(PAUSE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
