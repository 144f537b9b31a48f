package io.mooring.migrator.kubernetes.resources;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.fabric8.kubernetes.api.model.Event;
import io.mooring.migrator.Rig;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.OtherSide;
import io.mooring.schemas.PairMode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pairs, rules and schedules as resources, through the service as it is deployed. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
@TestProfile(StorkRig.Linked.class)
class KeptResourcesIT {

  private static final String ADMIN = "kube-system";

  @Inject StateView view;

  private FakePlane plane;
  private StorkCluster cluster;
  private Bed bed;

  @BeforeEach
  void begin() {
    bed = new Bed(plane, cluster);
    Bed.eventually(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @AfterEach
  void close() throws Exception {
    bed.close();
  }

  @Test
  void aPairSaysWhatTheOtherSideAnswersAndShowsNoToken() throws Exception {
    OtherSide other = bed.arrives();
    cluster.create(
        Manifests.pair(
            "pairs",
            "inline",
            other.url().getPort(),
            "token: very-secret\nmode: DisasterRecovery"));
    cluster.create(
        Manifests.pair(
            "pairs",
            "kept",
            other.url().getPort(),
            "mooring.io/token-secret: west\nbackuplocation: s3"));
    cluster.create(Manifests.pair("pairs", "nowhere", 1, "mode: OneTimeMigration"));
    cluster.create(Manifests.pair("pairs", "modeless", 1, "mode: Sometimes"));
    cluster.create(
        Manifests.pair("pairs", "nobody", 1, "")
            .replace("ip: 127.0.0.1\n    port: \"1\"", "token: x"));
    Bed.eventually(() -> {
      assertThat(pairStatus("inline").text("storageStatus")).isEqualTo("Ready");
      assertThat(pairStatus("inline").text("schedulerStatus")).isEqualTo("Ready");
      assertThat(pairStatus("nowhere").text("storageStatus")).isEqualTo("Error");
      assertThat(Bed.codes(pairStatus("nowhere"))).containsExactly("MIG-177");
      assertThat(Bed.codes(pairStatus("kept"))).containsExactly("MIG-176", "MIG-174");
      assertThat(Bed.codes(pairStatus("modeless"))).containsExactly("MIG-175");
      assertThat(pairStatus("nobody").text("storageStatus")).isEqualTo("NotProvided");
    });
    cluster.secret("pairs", "west", "another-secret\n");
    Bed.eventually(() -> assertThat(pairStatus("kept").text("storageStatus")).isEqualTo("Ready"));
    assertThat(view.pair("pairs-inline").orElseThrow().getMode())
        .isEqualTo(PairMode.DISASTER_RECOVERY);
    assertThat(view.pair("pairs-kept").orElseThrow().getToken()).isEqualTo("another-secret");
    for (String name : List.of("inline", "kept")) {
      Manifest shown = cluster.get(Kinds.PAIR, "pairs", name);
      assertThat(shown.status() + cluster.events(shown).toString())
          .doesNotContain("very-secret", "another-secret");
    }
    given()
        .contentType("application/json")
        .body(Map.of("targetUrl", "http://127.0.0.1:1"))
        .put("/pairs/pairs-inline")
        .then()
        .statusCode(409)
        .body("code", equalTo("MIG-172"));
    cluster.delete(Kinds.PAIR, "pairs", "inline");
    Bed.eventually(() -> assertThat(view.pair("pairs-inline")).isEmpty());
    assertThat(view.pair("pairs-kept")).isPresent();
  }

  @Test
  void aRuleIsKeptAsLongAsItIsThereAndABadTextLeavesTheOneBefore() {
    cluster.create(Manifests.rule("rules", "good", "first"));
    cluster.create(Manifests.rule("rules", "bad", "\" \""));
    Bed.eventually(() -> {
      assertThat(command("rules-good")).isEqualTo("first");
      assertThat(ruleStatus("rules", "good").flag("inUse")).contains(true);
      assertThat(Bed.codes(ruleStatus("rules", "bad"))).containsExactly("MIG-105");
      assertThat(ruleStatus("rules", "bad").flag("inUse")).contains(false);
    });
    when().delete("/rules/rules-good").then().statusCode(409).body("code", equalTo("MIG-172"));
    cluster.delete(Kinds.RULE, "rules", "good");
    Bed.eventually(() -> assertThat(view.rule("rules-good")).isEmpty());
  }

  @Test
  void aNameThatAnotherOwnsIsLeftToIt() {
    given()
        .contentType("application/json")
        .body(
            Map.of(
                "items",
                List.of(
                    Map.of(
                        "podSelector",
                        Map.of("app", "db"),
                        "actions",
                        List.of(Map.of("value", "over-rest"))))))
        .put("/rules/a-owned")
        .then()
        .statusCode(202);
    Bed.eventually(() -> assertThat(view.rule("a-owned")).isPresent());
    cluster.create(Manifests.rule("a", "owned", "from-a-resource"));
    cluster.create(Manifests.rule(ADMIN, "kafka-flush", "other"));
    Bed.eventually(() -> {
      assertThat(Bed.codes(ruleStatus("a", "owned"))).containsExactly("MIG-171");
      assertThat(Bed.codes(ruleStatus(ADMIN, "kafka-flush"))).containsExactly("MIG-171");
    });
    assertThat(command("a-owned")).isEqualTo("over-rest");
    when().delete("/rules/a-owned").then().statusCode(202);
    Bed.eventually(() -> assertThat(command("a-owned")).isEqualTo("from-a-resource"));
  }

  @Test
  void aScheduleBeginsByItsPolicyAndIsSuspendedBothWays() throws Exception {
    bed.application("daily");
    bed.pair("daily", bed.arrives("pvc-daily-0", "pvc-daily-1"));
    cluster.create(
        Manifests.schedule("daily", "often", "schedulePolicyName: missing\n  autoSuspend: true"));
    Bed.eventually(() -> assertThat(Bed.codes(scheduleStatus("often"))).containsExactly("MIG-178"));
    cluster.create(
        """
        apiVersion: stork.libopenstorage.org/v1alpha1
        kind: SchedulePolicy
        metadata: {name: missing}
        policy:
          interval: {intervalMinutes: 600}
        """);
    Bed.eventually(() -> {
      assertThat(scheduleStatus("often").flag("suspended")).contains(false);
      assertThat(String.valueOf(scheduleStatus("often").values().get("items")))
          .contains("Interval=", "name=daily-often-20");
    });
    var kept = view.schedule("daily-often").orElseThrow();
    assertThat(kept.getIntervalMinutes()).isEqualTo(600);
    assertThat(kept.getAutoSuspend()).isTrue();

    when().post("/schedules/daily-often/suspend").then().statusCode(202);
    Bed.eventually(() -> {
      assertThat(cluster.get(Kinds.SCHEDULE, "daily", "often").spec().flag("suspend"))
          .contains(true);
      assertThat(scheduleStatus("often").flag("suspended")).contains(true);
    });
    cluster.set(cluster.get(Kinds.SCHEDULE, "daily", "often"), "suspend", false);
    Bed.eventually(() -> {
      assertThat(view.schedule("daily-often").orElseThrow().getSuspended()).isFalse();
      assertThat(scheduleStatus("often").flag("suspended")).contains(false);
    });
    assertThat(view.schedule("daily-often").orElseThrow().getSince()).isEqualTo(kept.getSince());
    cluster.delete(Kinds.SCHEDULE, "daily", "often");
    Bed.eventually(() -> assertThat(view.schedule("daily-often")).isEmpty());
  }

  @Test
  void aScheduleThatSuspendsItselfSaysSoInItsResource() throws Exception {
    bed.application("moved");
    bed.pair("moved", bed.other(Map.of("desired", 3)));
    Manifest created = cluster.create(Manifests.schedule("moved", "dr", "autoSuspend: true"));
    Bed.eventually(() -> {
      Manifest shown = cluster.get(Kinds.SCHEDULE, "moved", "dr");
      assertThat(shown.spec().flag("suspend")).contains(true);
      assertThat(shown.status().flag("suspended")).contains(true);
      assertThat(Bed.codes(shown.status())).containsExactly("MIG-121");
      assertThat(cluster.events(created)).extracting(Event::getReason).contains("Suspended");
    });
    assertThat(view.schedule("moved-dr").orElseThrow().getIntervalMinutes()).isEqualTo(30);
  }

  private Fields pairStatus(String name) {
    return cluster.get(Kinds.PAIR, "pairs", name).status();
  }

  private Fields ruleStatus(String namespace, String name) {
    return cluster.get(Kinds.RULE, namespace, name).status();
  }

  private Fields scheduleStatus(String name) {
    return cluster.get(Kinds.SCHEDULE, "daily", name).status();
  }

  private String command(String rule) {
    return view.rule(rule)
        .map(state -> state.getItems().getFirst().getActions().getFirst().getCommand())
        .orElse("");
  }
}
