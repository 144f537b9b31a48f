package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.rule.RuleProblem;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.autopilot.stream.RuleOrigin;
import io.mooring.kubernetes.ClusterEvents;
import io.mooring.kubernetes.Failures;
import io.mooring.kubernetes.RecentWrites;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Puts the rules of the cluster in use, and takes out of use those that are gone from it. The
 * resource says whether its rule is in use, and if not, why.
 */
final class RuleSync {

  private static final Logger LOG = Logger.getLogger(RuleSync.class);
  private static final String REMOVED = "";

  private final KubernetesClient client;
  private final RuleLibrary library;
  private final ControlTopicWriter writer;
  private final ClusterEvents events;
  private final Clock clock;
  private final RecentWrites written;
  private final RecentWrites told;

  /** What a resource is told about its rule. */
  private record Standing(
      boolean inUse, String reason, String message, List<RuleProblem> problems) {
    static Standing refused(String reason, List<RuleProblem> problems, String consequence) {
      return new Standing(
          false, reason, problems.getFirst().toString() + consequence, List.copyOf(problems));
    }
  }

  RuleSync(
      KubernetesClient client,
      RuleLibrary library,
      ControlTopicWriter writer,
      ClusterEvents events,
      Clock clock) {
    this.client = client;
    this.library = library;
    this.writer = writer;
    this.events = events;
    this.clock = clock;
    this.written = new RecentWrites(clock);
    this.told = new RecentWrites(clock);
  }

  void pass(List<GenericKubernetesResource> resources) {
    Set<String> present = new HashSet<>();
    Failures failures = new Failures();
    for (GenericKubernetesResource resource : resources) {
      present.add(resource.getMetadata().getName());
      failures.attempt(resource, one -> follow(one).ifPresent(standing -> tell(one, standing)));
    }
    for (RuleLibrary.Shelved shelved : library.all()) {
      String name = shelved.name();
      if (shelved.origin().equals(RuleOrigin.KUBERNETES)
          && !present.contains(name)
          && !written.contain(name, REMOVED)) {
        failures.attempt(name, this::remove);
      }
    }
    failures.rethrow();
  }

  private void remove(String name) {
    writer.removeRule(name);
    written.add(name, REMOVED);
  }

  /** What to tell the resource; empty while the rule is on its way. */
  private Optional<Standing> follow(GenericKubernetesResource resource) {
    String name = resource.getMetadata().getName();
    Optional<RuleLibrary.Shelved> shelved = library.named(name);
    Optional<String> other =
        shelved
            .map(RuleLibrary.Shelved::origin)
            .filter(origin -> !origin.equals(RuleOrigin.KUBERNETES));
    if (other.isPresent()) {
      return Optional.of(Standing.refused("OwnedByOther", List.of(ownedBy(other.get(), name)), ""));
    }
    RuleDocument document = RuleDocument.only(name, RuleManifest.of(resource), library.terms());
    return switch (document.outcome()) {
      case RuleOutcome.Invalid invalid ->
          Optional.of(
              Standing.refused(
                  "Invalid",
                  invalid.problems(),
                  shelved.isPresent() ? " The text before is still in use." : ""));
      case RuleOutcome.Valid(AutopilotRule rule) ->
          putInUse(rule.name(), document.text(), shelved.orElse(null));
    };
  }

  private Optional<Standing> putInUse(
      String name, String text, RuleLibrary.@Nullable Shelved shelved) {
    if (shelved != null && shelved.document().equals(text)) {
      return Optional.of(new Standing(true, "InUse", "The rule is in use.", List.of()));
    }
    if (!written.contain(name, text)) {
      writer.putRule(name, text, RuleOrigin.KUBERNETES);
      written.add(name, text);
    }
    return Optional.empty();
  }

  private static RuleProblem ownedBy(String origin, String name) {
    return new RuleProblem(
        "AUT-027",
        "metadata.name",
        "is '%s', a rule that came from '%s'.".formatted(name, origin),
        "A rule has one owner, or two texts would replace each other for ever.",
        "Take the other out of use, or choose another name.");
  }

  private void tell(GenericKubernetesResource resource, Standing standing) {
    String name = resource.getMetadata().getName();
    Long generation = resource.getMetadata().getGeneration();
    Map<String, Object> before = ready(resource);
    String status = standing.inUse() ? "True" : "False";
    boolean same =
        Objects.equals(before.get("status"), status)
            && Objects.equals(before.get("reason"), standing.reason())
            && Objects.equals(before.get("message"), standing.message())
            && Objects.equals(number(before.get("observedGeneration")), generation)
            && Objects.equals(
                Optional.ofNullable(resource.<List<?>>get("status", "problems"))
                    .map(List::size)
                    .orElse(0),
                standing.problems().size());
    List<?> identity = List.of(standing, String.valueOf(generation));
    if (same || told.contain(name, identity)) {
      return;
    }
    Object since =
        Objects.equals(before.get("status"), status)
            ? before.get("lastTransitionTime")
            : clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    Map<String, Object> condition = new TreeMap<>();
    condition.put("type", "Ready");
    condition.put("status", status);
    condition.put("reason", standing.reason());
    condition.put("message", standing.message());
    condition.put("lastTransitionTime", since);
    if (generation != null) {
      condition.put("observedGeneration", generation);
    }
    Statuses.replace(
        client.genericKubernetesResources(Kinds.RULE).withName(name),
        Map.of("conditions", List.of(condition), "problems", standing.problems()));
    told.add(name, identity);
    announce(resource, standing);
  }

  private void announce(GenericKubernetesResource resource, Standing standing) {
    ObjectReference rule =
        Kinds.rule(resource.getMetadata().getName(), resource.getMetadata().getUid());
    if (standing.inUse()) {
      events.normal(rule, "RuleInUse", standing.message());
      return;
    }
    LOG.warnf("A rule of the cluster is not used; rule=%s %s", rule.getName(), standing.message());
    for (RuleProblem problem : standing.problems()) {
      events.warning(rule, "RuleRefused", problem.toString());
    }
  }

  private static Map<String, Object> ready(GenericKubernetesResource resource) {
    List<Map<String, Object>> conditions = resource.get("status", "conditions");
    return conditions == null
        ? Map.of()
        : conditions.stream()
            .filter(condition -> "Ready".equals(condition.get("type")))
            .findFirst()
            .orElse(Map.of());
  }

  private static @Nullable Long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : null;
  }
}
