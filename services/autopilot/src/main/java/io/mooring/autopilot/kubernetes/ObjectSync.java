package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.kubernetes.ClusterEvents;
import io.mooring.kubernetes.Failures;
import io.mooring.kubernetes.RecentWrites;
import io.mooring.schemas.RuleObjectState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Shows where rules stand on volumes: one AutopilotRuleObject for each, with its newest states, and
 * an event on the rule for each move.
 */
final class ObjectSync {

  private static final int ITEMS_MAX = 10;
  private static final String FAILED = "ACTION_FAILED";

  private final KubernetesClient client;
  private final ClusterEvents events;
  private final RecentMoves moves;
  private final Function<String, String> namespaceOf;
  private final RecentWrites written;

  /**
   * @param moves states in the order in which they were entered
   * @param namespaceOf namespace for what is about a volume
   */
  ObjectSync(
      KubernetesClient client,
      ClusterEvents events,
      RecentMoves moves,
      Function<String, String> namespaceOf,
      Clock clock) {
    this.client = client;
    this.events = events;
    this.moves = moves;
    this.namespaceOf = namespaceOf;
    this.written = new RecentWrites(clock);
  }

  /**
   * @param states the newest state of every rule on every volume
   * @param existing what the autopilot made
   * @param rules the rules' resources, by name
   */
  void pass(
      List<RuleObjectState> states,
      List<GenericKubernetesResource> existing,
      Map<String, GenericKubernetesResource> rules) {
    Map<String, GenericKubernetesResource> leftOver = new HashMap<>();
    existing.forEach(resource -> leftOver.put(key(resource), resource));
    Failures failures = new Failures();
    moves.keepOnly(states);
    for (RuleObjectState state : states) {
      String name = Names.of(state.getRuleName(), state.getVolumeName(), state.getVolumeId());
      String namespace = namespaceOf.apply(state.getVolumeId());
      var shown = Optional.ofNullable(leftOver.remove(namespace + "/" + name));
      failures.attempt(
          state,
          one -> {
            show(one, namespace, name, shown);
            tellMoves(one, rules);
          });
    }
    leftOver
        .values()
        .forEach(over -> failures.attempt(over, resource -> client.resource(resource).delete()));
    failures.rethrow();
  }

  private static String key(GenericKubernetesResource resource) {
    return resource.getMetadata().getNamespace() + "/" + resource.getMetadata().getName();
  }

  private void show(
      RuleObjectState state,
      String namespace,
      String name,
      Optional<GenericKubernetesResource> existing) {
    List<Map<String, Object>> items =
        new ArrayList<>(
            existing
                .map(resource -> resource.<List<Map<String, Object>>>get("status", "items"))
                .orElse(List.of()));
    List<RuleObjectState> recent = new ArrayList<>(moves.of(state));
    if (recent.isEmpty() || !recent.getLast().equals(state)) {
      recent.add(state);
    }
    Instant shownUntil = items.isEmpty() ? Instant.MIN : shownAt(items.getLast());
    boolean changed = false;
    for (RuleObjectState each : recent) {
      Map<String, Object> item = item(each);
      if (!each.getSince().isBefore(shownUntil) && !items.contains(item)) {
        items.add(item);
        changed = true;
      }
    }
    if (!changed || written.contain(namespace + "/" + name, state)) {
      return;
    }
    if (existing.isEmpty()) {
      client.resource(resource(state, namespace, name)).create();
    }
    List<Map<String, Object>> newest =
        items.subList(Math.max(0, items.size() - ITEMS_MAX), items.size());
    Statuses.replace(
        client.genericKubernetesResources(Kinds.RULE_OBJECT).inNamespace(namespace).withName(name),
        Map.of("items", newest));
    written.add(namespace + "/" + name, state);
  }

  private void tellMoves(RuleObjectState state, Map<String, GenericKubernetesResource> rules) {
    GenericKubernetesResource resource = rules.get(state.getRuleName());
    for (RecentMoves.Move move : moves.take(state)) {
      if (resource == null) {
        continue;
      }
      var rule = Kinds.rule(resource.getMetadata().getName(), resource.getMetadata().getUid());
      String about = "rule: %s:%s ".formatted(state.getRuleName(), state.getVolumeName());
      if (FAILED.equals(move.to().getReason())) {
        events.warning(rule, "FailedAction", about + move.to().getMessage());
      }
      events.normal(
          rule,
          "Transition",
          "%stransition from %s => %s".formatted(about, move.from(), move.to().getPhase()));
    }
  }

  private static Map<String, Object> item(RuleObjectState state) {
    Map<String, Object> item = new TreeMap<>();
    item.put("lastProcessTimestamp", state.getSince().toString());
    item.put("state", state.getPhase().name());
    item.put("message", Objects.requireNonNullElse(state.getMessage(), ""));
    return item;
  }

  private static Instant shownAt(Map<String, Object> item) {
    return item.get("lastProcessTimestamp") instanceof String at ? Instant.parse(at) : Instant.MIN;
  }

  private static GenericKubernetesResource resource(
      RuleObjectState state, String namespace, String name) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setApiVersion(Kinds.API_VERSION);
    resource.setKind(Kinds.RULE_OBJECT.getKind());
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(namespace)
            .addToLabels(Kinds.MANAGED_BY, Kinds.AUTOPILOT)
            .addToAnnotations("mooring.io/rule", state.getRuleName())
            .addToAnnotations("mooring.io/volume", state.getVolumeId())
            .build());
    resource.setAdditionalProperty("spec", Map.of());
    return resource;
  }
}
