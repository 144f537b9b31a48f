package io.mooring.autopilot.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mooring.autopilot.rule.ExpandAction;
import io.mooring.autopilot.rule.RebalanceAction;
import io.mooring.autopilot.rule.ResizeAction;
import io.mooring.autopilot.rule.RuleAction;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.mooring.autopilot.stream.ObjectBoard;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.kubernetes.Failures;
import io.mooring.kubernetes.RecentWrites;
import io.mooring.schemas.ApprovalDecision;
import io.mooring.schemas.ObjectKind;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.VolumeLabels;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Actions that await approval have an ActionApproval each, named by their trigger. What people set
 * there is written as a command like one that comes over REST; deleting one withdraws it. When
 * nothing is awaited any more it is gone.
 */
final class ApprovalSync {

  private static final String TRIGGER = "mooring.io/trigger";
  private static final String DECLINED_BY_USER = "DECLINED_BY_USER";
  private static final String PENDING = "pending";
  private static final String APPROVED = "approved";
  private static final String DECLINED = "declined";
  private static final String CANCELED = "canceled";

  private final KubernetesClient client;
  private final ObjectBoard board;
  private final RuleLibrary library;
  private final ControlTopicWriter writer;
  private final String ownNamespace;
  private final Clock clock;
  private final RecentWrites written;

  /**
   * @param ownNamespace for approvals of volumes without a claim
   */
  ApprovalSync(
      KubernetesClient client,
      ObjectBoard board,
      RuleLibrary library,
      ControlTopicWriter writer,
      String ownNamespace,
      Clock clock) {
    this.client = client;
    this.board = board;
    this.library = library;
    this.writer = writer;
    this.ownNamespace = ownNamespace;
    this.clock = clock;
    this.written = new RecentWrites(clock);
  }

  /**
   * @param existing what the autopilot made
   * @param claims by volume
   */
  void pass(List<GenericKubernetesResource> existing, Map<String, Optional<VolumeLabels>> claims) {
    Map<String, GenericKubernetesResource> byTrigger = new HashMap<>();
    existing.forEach(resource -> byTrigger.put(trigger(resource), resource));
    Failures failures = new Failures();
    for (RuleObjectState state : board.all()) {
      String trigger = state.getTriggerId();
      if (trigger != null && isAsked(state)) {
        VolumeLabels claim =
            claims.getOrDefault(state.getVolumeId(), Optional.empty()).orElse(null);
        GenericKubernetesResource approval = byTrigger.remove(trigger);
        failures.attempt(
            state,
            one -> {
              if (approval == null) {
                create(one, trigger, claim);
              } else {
                follow(one, trigger, approval, claim);
              }
            });
      }
    }
    byTrigger
        .values()
        .forEach(over -> failures.attempt(over, resource -> client.resource(resource).delete()));
    failures.rethrow();
  }

  /** Somebody deleted an approval, or the autopilot did because nothing is asked any more. */
  void deleted(GenericKubernetesResource approval) {
    if (ClusterView.isOurs(approval)) {
      String trigger = trigger(approval);
      board
          .approval(trigger)
          .filter(ApprovalSync::isAsked)
          .ifPresent(state -> decide(state, trigger, ApprovalDecision.WITHDRAW, approval));
    }
  }

  private static boolean isAsked(RuleObjectState state) {
    return state.getPhase() == RulePhase.ActionAwaitingApproval || isDeclined(state);
  }

  private static boolean isDeclined(RuleObjectState state) {
    return state.getPhase() == RulePhase.ActionsDeclined
        && DECLINED_BY_USER.equals(state.getReason());
  }

  private static String trigger(GenericKubernetesResource approval) {
    return Objects.requireNonNullElse(approval.getMetadata().getLabels(), Map.<String, String>of())
        .getOrDefault(TRIGGER, "");
  }

  private void create(RuleObjectState state, String trigger, @Nullable VolumeLabels claim) {
    if (written.contain(trigger, PENDING) || written.contain(trigger, ApprovalDecision.WITHDRAW)) {
      return;
    }
    GenericKubernetesResource approval = new GenericKubernetesResource();
    approval.setApiVersion(Kinds.API_VERSION);
    approval.setKind(Kinds.APPROVAL.getKind());
    approval.setMetadata(
        new ObjectMetaBuilder()
            .withName(Names.of(state.getRuleName(), state.getVolumeName(), trigger))
            .withNamespace(claim == null ? ownNamespace : claim.getNamespace())
            .addToLabels(Kinds.MANAGED_BY, Kinds.AUTOPILOT)
            .addToLabels(TRIGGER, trigger)
            .build());
    approval.setAdditionalProperty(
        "spec",
        Map.of(
            "approvalState",
            isDeclined(state) ? DECLINED : PENDING,
            "actions",
            List.of(action(state.getRuleName()))));
    client.resource(approval).create();
    written.add(trigger, PENDING);
    preview(state, approval, claim);
  }

  private void follow(
      RuleObjectState state,
      String trigger,
      GenericKubernetesResource approval,
      @Nullable VolumeLabels claim) {
    if (approval.get("status", "rule") == null) {
      preview(state, approval, claim);
    }
    String wanted = Objects.requireNonNullElse(approval.get("spec", "approvalState"), PENDING);
    if (isDeclined(state)) {
      switch (wanted) {
        // Declined elsewhere.
        case PENDING -> declare(approval, DECLINED);
        // Asked anew: what was previewed then may not be what would be done now.
        case APPROVED, CANCELED -> decide(state, trigger, ApprovalDecision.WITHDRAW, approval);
        default -> {}
      }
      return;
    }
    switch (wanted) {
      case APPROVED -> decide(state, trigger, ApprovalDecision.APPROVE, approval);
      case DECLINED -> decide(state, trigger, ApprovalDecision.DECLINE, approval);
      case CANCELED -> decide(state, trigger, ApprovalDecision.WITHDRAW, approval);
      default -> {}
    }
  }

  private void decide(
      RuleObjectState state,
      String trigger,
      ApprovalDecision decision,
      GenericKubernetesResource approval) {
    if (!written.contain(trigger, decision)) {
      writer.decide(
          state,
          trigger,
          decision,
          "ActionApproval %s/%s"
              .formatted(approval.getMetadata().getNamespace(), approval.getMetadata().getName()));
      written.add(trigger, decision);
    }
  }

  private void declare(GenericKubernetesResource approval, String state) {
    client
        .resource(approval)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of("approvalState", state))));
  }

  private void preview(
      RuleObjectState state, GenericKubernetesResource approval, @Nullable VolumeLabels claim) {
    Map<String, Object> preview =
        Map.of(
            "action",
            action(state.getRuleName()),
            "expectedResult",
            Map.of("message", state.getMessage()),
            "involvedObjects",
            involved(state, claim));
    Map<String, Object> status =
        Map.of(
            "rule",
            Map.of("name", state.getRuleName(), "namespace", ""),
            "lastProcessTimestamp",
            clock.instant().toString(),
            "actionPreviews",
            List.of(preview));
    Statuses.replace(
        client
            .genericKubernetesResources(Kinds.APPROVAL)
            .inNamespace(approval.getMetadata().getNamespace())
            .withName(approval.getMetadata().getName()),
        status);
  }

  /** A pool is nothing that Kubernetes knows; it is in the message and in the name. */
  private static List<Map<String, Object>> involved(
      RuleObjectState state, @Nullable VolumeLabels claim) {
    if (state.getObjectKind() == ObjectKind.POOL) {
      return List.of();
    }
    return List.of(
        claim == null
            ? Map.of("apiVersion", "v1", "kind", "PersistentVolume", "name", state.getVolumeName())
            : Map.of(
                "apiVersion",
                "v1",
                "kind",
                "PersistentVolumeClaim",
                "name",
                claim.getClaim(),
                "namespace",
                claim.getNamespace()));
  }

  /** A rule that is gone, or cannot be used any more, had the action of most. */
  private Map<String, Object> action(String rule) {
    return library
        .named(rule)
        .map(RuleLibrary.Shelved::rule)
        .map(found -> action(found.action()))
        .orElseGet(() -> Map.of("name", ResizeAction.NAME, "params", Map.of()));
  }

  private static Map<String, Object> action(RuleAction action) {
    Map<String, String> params = new TreeMap<>();
    switch (action) {
      case ResizeAction resize -> {
        params.put("scalepercentage", resize.scalePercentage().toPlainString());
        resize.maxSizeBytes().ifPresent(bytes -> params.put("maxsize", Long.toString(bytes)));
      }
      case ExpandAction expand -> {
        switch (expand.growth()) {
          case ExpandAction.Growth.Percentage(BigDecimal percent) ->
              params.put("scalepercentage", percent.toPlainString());
          case ExpandAction.Growth.Bytes(long bytes) ->
              params.put("scalesize", Long.toString(bytes));
        }
        expand.maxSizeBytes().ifPresent(bytes -> params.put("maxsize", Long.toString(bytes)));
      }
      case RebalanceAction _ -> {}
    }
    return Map.of("name", action.name(), "params", params);
  }
}
