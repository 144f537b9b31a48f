package io.mooring.autopilot.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.autopilot.rule.ResizeAction;
import io.mooring.autopilot.stream.LoopedTopics;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.autopilot.stream.Samples;
import io.mooring.schemas.ApprovalDecision;
import io.mooring.schemas.DecideApproval;
import io.mooring.schemas.RulePhase;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link between an API server and the control topics. */
class KubernetesLinkIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String RULE = "kafka-resize";
  private static final String TRIGGER = "5e2d6bd6-6a62-3f0c-9c5f-2ab2e1c2b6a1";

  private final FakeCluster cluster = new FakeCluster();
  private final LoopedTopics topics = new LoopedTopics();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private KubernetesLink link;

  @BeforeEach
  void start() {
    link = link("a");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    cluster.close();
  }

  private KubernetesLink link(String instance) {
    KubernetesClient client = cluster.client();
    opened.add(client);
    KubernetesLink created =
        new KubernetesLink(
            new KubernetesSettings(instance, "mooring", "csi.mooring.io", Duration.ofSeconds(3)),
            new KubernetesParts(
                client, topics.parts(), topics.writer(), () -> true, Clock.systemUTC()),
            new KubernetesMetrics(instance.equals("a") ? meters : new SimpleMeterRegistry()));
    opened.add(created);
    created.start();
    return created;
  }

  @Test
  void aRuleOfTheClusterIsInUseAsLongAsItIsThere() {
    cluster.rule(Samples.rule("1000Mi", ""));
    eventually(() -> {
      assertThat(library(RULE).rule()).isNotNull();
      assertThat(library(RULE).origin()).isEqualTo("kubernetes");
      assertThat(ready(RULE)).containsEntry("status", "True").containsEntry("reason", "InUse");
    });
    // The status is written first.
    eventually(() ->
        assertThat(cluster.events())
            .anySatisfy(event -> {
              assertThat(event.getReason()).isEqualTo("RuleInUse");
              assertThat(event.getInvolvedObject().getName()).isEqualTo(RULE);
            }));

    cluster.rule(Samples.rule("2000Mi", ""));
    eventually(() ->
        assertThat(library(RULE).rule().action())
            .isInstanceOfSatisfying(
                ResizeAction.class,
                action -> assertThat(action.maxSizeBytes()).hasValue(2000L << 20)));
    cluster.deleteRule(RULE);
    eventually(() -> assertThat(topics.parts().rules().all()).isEmpty());
    // A text is written when it changes, not each second.
    assertThat(topics.ruleWrites()).hasSize(3);
  }

  @Test
  void aBadRuleSaysWhyAndStopsNoOtherAndAnEarlierTextStaysInUse() {
    cluster.rule(Samples.rule("1000Mi", "").replace(RULE, "bad").replace("Gt", "Greater"));
    cluster.rule(Samples.rule("1000Mi", ""));
    eventually(() -> {
      assertThat(library(RULE).rule()).isNotNull();
      assertThat(ready("bad")).containsEntry("status", "False").containsEntry("reason", "Invalid");
    });
    List<Map<String, Object>> problems = cluster.ruleNamed("bad").get("status", "problems");
    assertThat(problems)
        .singleElement()
        .satisfies(problem ->
            assertThat(problem)
                .containsEntry("code", "AUT-007")
                .containsEntry("path", "spec.conditions.expressions[0].operator"));
    eventually(() ->
        assertThat(cluster.events())
            .anySatisfy(event -> {
              assertThat(event.getReason()).isEqualTo("RuleRefused");
              assertThat(event.getType()).isEqualTo("Warning");
              assertThat(event.getMessage())
                  .startsWith("AUT-007 spec.conditions.expressions[0].operator");
            }));

    cluster.rule(Samples.rule("1000Mi", "").replace("Gt", "Greater"));
    eventually(() ->
        assertThat(ready(RULE))
            .containsEntry("status", "False")
            .hasEntrySatisfying(
                "message", message -> assertThat(message.toString()).contains("still in use")));
    assertThat(library(RULE).rule()).isNotNull();
  }

  @Test
  void aNameThatAnotherSourceOwnsIsLeftToIt() {
    topics.rule(RULE, Samples.rule("500Mi", ""), "rest");
    cluster.rule(Samples.rule("1000Mi", ""));
    eventually(() ->
        assertThat(ready(RULE))
            .containsEntry("reason", "OwnedByOther")
            .hasEntrySatisfying(
                "message", message -> assertThat(message.toString()).startsWith("AUT-027")));
    assertThat(library(RULE).origin()).isEqualTo("rest");
    topics.removeRule(RULE);
    eventually(() -> assertThat(library(RULE).origin()).isEqualTo("kubernetes"));
  }

  @Test
  void rulesThatWereDeletedWhileNobodyLookedAreTakenOutOfUseAndOthersAreNot() {
    topics.rule("gone", Samples.rule("1Gi", "").replace(RULE, "gone"), "kubernetes");
    topics.rule("other", Samples.rule("1Gi", "").replace(RULE, "other"), "rest");
    eventually(() ->
        assertThat(topics.parts().rules().all())
            .extracting(RuleLibrary.Shelved::name)
            .containsExactly("other"));
  }

  @Test
  void labelsOfClaimsAndNamespacesAreWrittenWhenTheyChange() {
    cluster.namespace("kafka", Map.of("team", "streaming"));
    cluster.claim("kafka", "data-0", "v1", Map.of("app", "kafka"));
    eventually(() -> {
      assertThat(topics.labels()).containsOnlyKeys("v1");
      assertThat(topics.labels().get("v1").getClaim()).isEqualTo("data-0");
      assertThat(topics.labels().get("v1").getClaimLabels()).containsEntry("app", "kafka");
      assertThat(topics.labels().get("v1").getNamespaceLabels()).containsEntry("team", "streaming");
    });
    cluster.label("kafka", "data-0", Map.of("app", "other"));
    eventually(
        () -> assertThat(topics.labels().get("v1").getClaimLabels()).containsEntry("app", "other"));
    cluster.deleteClaim("kafka", "data-0");
    eventually(() -> assertThat(topics.labels()).isEmpty());
  }

  @Test
  void anApprovalIsAskedForWithItsPreviewAndTheAnswerIsCarriedOver() {
    cluster.rule(Samples.rule("1000Mi", "enforcement: approvalRequired"));
    cluster.namespace("kafka", Map.of());
    cluster.claim("kafka", "data-0", "v1", Map.of("app", "kafka"));
    eventually(() -> {
      assertThat(topics.labels()).containsKey("v1");
      assertThat(ready(RULE)).containsEntry("status", "True");
    });
    awaitApproval(TRIGGER);
    GenericKubernetesResource approval = onlyApproval();
    assertThat(approval.getMetadata().getNamespace()).isEqualTo("kafka");
    assertThat(approval.<String>get("spec", "approvalState")).isEqualTo("pending");
    eventually(() -> {
      GenericKubernetesResource shown = onlyApproval();
      assertThat(shown.<String>get("status", "rule", "name")).isEqualTo(RULE);
      Map<String, Object> preview =
          shown.<List<Map<String, Object>>>get("status", "actionPreviews").getFirst();
      assertThat(preview.toString())
          .contains("openstorage.io.action.volume/resize")
          .contains("scalepercentage=100")
          .contains("Growing from 1 to 2 bytes")
          .contains("name=data-0");
    });
    cluster.setApproval(approval, "approved");
    eventually(() ->
        assertThat(topics.decisions())
            .containsExactly(new DecideApproval(TRIGGER, ApprovalDecision.APPROVE)));

    topics.state(RULE, "v1", RulePhase.ActiveActionsPending, "APPROVED", TRIGGER);
    eventually(() -> assertThat(cluster.approvals()).isEmpty());
    assertThat(topics.decisions()).hasSize(1);
  }

  @Test
  void anApprovalOfARebalanceNamesItAndInvolvesNoVolume() {
    cluster.rule(
        """
        apiVersion: autopilot.libopenstorage.org/v1alpha1
        kind: AutopilotRule
        metadata:
          name: even-pools
        spec:
          enforcement: approvalRequired
          conditions:
            expressions:
              - keyAlias: PoolProvDeviationPerc
                operator: NotInRange
                values: ["-20", "20"]
          actions:
            - name: openstorage.io.action.storagepool/rebalance
        """);
    eventually(() -> assertThat(ready("even-pools")).containsEntry("status", "True"));
    topics.state(
        "even-pools", "n1/p1", RulePhase.ActionAwaitingApproval, "APPROVAL_REQUIRED", TRIGGER);
    eventually(() -> {
      Map<String, Object> preview =
          onlyApproval().<List<Map<String, Object>>>get("status", "actionPreviews").getFirst();
      assertThat(preview.get("action").toString())
          .contains("openstorage.io.action.storagepool/rebalance")
          .doesNotContain("scalepercentage");
      assertThat(preview.get("involvedObjects")).isEqualTo(List.of());
    });
    cluster.setApproval(onlyApproval(), "approved");
    eventually(() ->
        assertThat(topics.decisions())
            .containsExactly(new DecideApproval(TRIGGER, ApprovalDecision.APPROVE)));
  }

  @Test
  void aDeclinedApprovalStaysUntilItIsDeletedWhichWithdrawsIt() {
    awaitApproval(TRIGGER);
    cluster.setApproval(onlyApproval(), "declined");
    eventually(() ->
        assertThat(topics.decisions())
            .containsExactly(new DecideApproval(TRIGGER, ApprovalDecision.DECLINE)));
    topics.state(RULE, "v1", RulePhase.ActionsDeclined, "DECLINED_BY_USER", TRIGGER);

    cluster.delete(onlyApproval());
    eventually(() ->
        assertThat(topics.decisions())
            .contains(new DecideApproval(TRIGGER, ApprovalDecision.WITHDRAW)));
    String next = UUID.randomUUID().toString();
    topics.state(RULE, "v1", RulePhase.ActionAwaitingApproval, "APPROVAL_REQUIRED", next);
    eventually(() ->
        assertThat(onlyApproval().getMetadata().getLabels())
            .containsEntry("mooring.io/trigger", next));
    assertThat(topics.decisions()).hasSize(2);
  }

  @Test
  void whatWasDeclinedOverRestIsDeclinedInTheCluster() {
    awaitApproval(TRIGGER);
    topics.state(RULE, "v1", RulePhase.ActionsDeclined, "DECLINED_BY_USER", TRIGGER);
    eventually(() ->
        assertThat(onlyApproval().<String>get("spec", "approvalState")).isEqualTo("declined"));
    assertThat(topics.decisions()).isEmpty();
  }

  @Test
  void statesOfRulesOnVolumesAreShownAndToldEvenIfTheyAreShort() {
    cluster.rule(Samples.rule("1000Mi", ""));
    eventually(() -> assertThat(ready(RULE)).containsEntry("status", "True"));
    topics.state(RULE, "v1", RulePhase.Triggered, "CONDITIONS_MET", TRIGGER);
    topics.state(RULE, "v1", RulePhase.ActiveActionsPending, "ACTION_DECIDED", TRIGGER);
    topics.state(RULE, "v1", RulePhase.ActiveActionsInProgress, "ACTION_STARTED", TRIGGER);
    eventually(() ->
        assertThat(cluster.objects())
            .singleElement()
            .satisfies(object ->
                assertThat(object.<List<Map<String, Object>>>get("status", "items"))
                    .extracting(item -> item.get("state"))
                    .containsExactly(
                        "Triggered", "ActiveActionsPending", "ActiveActionsInProgress")));
    topics.state(RULE, "v1", RulePhase.ActiveActionsPending, "ACTION_FAILED", TRIGGER);
    eventually(() -> {
      assertThat(cluster.events())
          .anySatisfy(event -> {
            assertThat(event.getReason()).isEqualTo("Transition");
            assertThat(event.getMessage())
                .contains("transition from Triggered => ActiveActionsPending");
          })
          .anySatisfy(event -> assertThat(event.getReason()).isEqualTo("FailedAction"));
    });
    topics.forget(RULE, "v1");
    eventually(() -> assertThat(cluster.objects()).isEmpty());
  }

  @Test
  void whenTheControlKafkaIsAwayItCatchesUpLater() {
    topics.away(true);
    cluster.rule(Samples.rule("1000Mi", ""));
    await().during(Duration.ofSeconds(2)).until(() -> topics.parts().rules().all().isEmpty());
    topics.away(false);
    eventually(() -> assertThat(ready(RULE)).containsEntry("status", "True"));
  }

  @Test
  void whatIsInUseStaysSoWhileTheApiServerIsAwayAndItCatchesUp() {
    cluster.rule(Samples.rule("1000Mi", ""));
    eventually(() -> assertThat(ready(RULE)).containsEntry("status", "True"));
    cluster.away(true);
    eventually(() -> assertThat(leaders()).isZero());
    cluster.deleteRule(RULE);
    cluster.rule(Samples.rule("1000Mi", "").replace(RULE, "next"));
    topics.state(RULE, "v1", RulePhase.ActionAwaitingApproval, "APPROVAL_REQUIRED", TRIGGER);
    await()
        .during(Duration.ofSeconds(2))
        .until(() -> topics.parts().rules().named(RULE).isPresent());

    cluster.away(false);
    eventually(() -> {
      assertThat(topics.parts().rules().all())
          .extracting(RuleLibrary.Shelved::name)
          .containsExactly("next");
      assertThat(cluster.approvals()).hasSize(1);
    });
  }

  private double leaders() {
    return meters.get("mooring.autopilot.kubernetes.leader").gauge().value();
  }

  @Test
  void anotherInstanceTakesOverWhenTheLeaderLeaves() {
    cluster.rule(Samples.rule("1000Mi", ""));
    eventually(() -> assertThat(ready(RULE)).containsEntry("status", "True"));
    link("b");
    link.close();
    cluster.rule(Samples.rule("1000Mi", "").replace(RULE, "next"));
    eventually(() -> assertThat(ready("next")).containsEntry("status", "True"));
    // The new leader leaves alone what the old one wrote.
    assertThat(topics.ruleWrites()).containsExactly(RULE, "next");
  }

  private void awaitApproval(String trigger) {
    topics.state(RULE, "v1", RulePhase.ActionAwaitingApproval, "APPROVAL_REQUIRED", trigger);
    eventually(() -> assertThat(cluster.approvals()).hasSize(1));
  }

  private GenericKubernetesResource onlyApproval() {
    List<GenericKubernetesResource> approvals = cluster.approvals();
    assertThat(approvals).hasSize(1);
    return approvals.getFirst();
  }

  private RuleLibrary.Shelved library(String rule) {
    assertThat(topics.parts().rules().named(rule)).isPresent();
    return topics.parts().rules().named(rule).get();
  }

  private Map<String, Object> ready(String rule) {
    List<Map<String, Object>> conditions = cluster.ruleNamed(rule).get("status", "conditions");
    assertThat(conditions).isNotNull().hasSize(1);
    return conditions.getFirst();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(assertion);
  }
}
