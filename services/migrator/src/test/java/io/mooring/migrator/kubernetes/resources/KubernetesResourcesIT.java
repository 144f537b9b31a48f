package io.mooring.migrator.kubernetes.resources;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.migrator.Rig;
import io.mooring.migrator.control.CommittedState;
import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.outside.PairProbe;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.mooring.migrator.plane.OtherSide;
import io.mooring.migrator.work.Surroundings;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.PairMode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Resources of a cluster through the service as it is deployed; the API server is one in memory.
 */
@QuarkusTest
@QuarkusTestResource(Rig.class)
@QuarkusTestResource(StorkRig.class)
class KubernetesResourcesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADMIN = "kube-system";

  @Inject StateView view;
  @Inject Letters letters;
  @Inject Surroundings surroundings;
  @Inject ControlSerdes serdes;
  @Inject MeterRegistry meters;

  @Inject
  @Identifier("default-kafka-broker")
  Map<String, Object> kafka;

  private FakePlane plane;
  private StorkCluster cluster;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void awaitReady() {
    eventually(() -> when().get("/q/health/ready").then().statusCode(200));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  @Test
  void aMigrationIsBegunOnceForEachResourceAndItsStatusTellsHowItGoes() throws Exception {
    application("shop");
    pair("shop", arrives("pvc-shop-0", "pvc-shop-1"));
    cluster.create(rule("shop", "flush", "sync"));
    Manifest created =
        cluster.create(
            migration("shop", "move", "preExecRule: flush\n  postExecRule: kafka-flush"));
    eventually(() -> assertThat(status("shop", "move").text("stage")).isEqualTo("Final"));

    Fields status = status("shop", "move");
    assertThat(status.text("status")).isEqualTo("Successful");
    eventually(() ->
        assertThat(status("shop", "move").values().get("resources").toString())
            .contains("kind=ConfigMap", "name=settings", "namespace=shop", "status=Successful"));
    assertThat(status.values().get("volumes").toString())
        .contains("persistentVolumeClaim=data-0", "namespace=shop", "volume=pvc-shop-0")
        .contains("bytesTotal=4194304", "status=Successful");
    assertThat(status.part("summary").values())
        .containsEntry("numOfMigratedVolumes", 2)
        .containsEntry("totalNumberOfResources", 1)
        .containsEntry("volumes", "2/2")
        .containsEntry("resources", "1/1");
    assertThat(row(cluster.get(Kinds.MIGRATION, "shop", "move")))
        .matches("move west Final Successful 2/2 1/1 \\S+ \\d+s");
    eventually(() ->
        assertThat(cluster.events(created))
            .extracting(Event::getReason)
            .contains("Volumes", "Successful"));

    MigrationState state = begun(created);
    assertThat(state.getSpec().getPair()).isEqualTo("shop-west");
    assertThat(state.getSpec().getStartApplications()).isFalse();
    assertThat(state.getSpec().getPreExecRule()).isEqualTo("shop-flush");
    assertThat(state.getRequestedBy()).isEqualTo("kubernetes shop/move");
    // Made again, it is another one.
    cluster.delete(Kinds.MIGRATION, "shop", "move");
    Manifest again = cluster.create(migration("shop", "move", ""));
    eventually(() -> assertThat(status("shop", "move").text("name")).isNotEmpty());
    assertThat(begun(again).getName()).isNotEqualTo(state.getName());
    assertThat(begun(again).getBase()).isEqualTo(state.getName());
  }

  @Test
  void whatHindersAMigrationIsToldAndItBeginsOnceThatIsGone() throws Exception {
    application("late");
    cluster.create(
        migration(
            "late",
            "waits",
            "preExecRule: never\n  adminClusterPair: other\n  transformSpecs: [t]"));
    cluster.create(
        migration("late", "foreign", "startApplications: true")
            .replace("namespaces: [late]", "namespaces: [late, shop]"));
    eventually(() -> {
      Fields status = status("late", "waits");
      assertThat(status.text("status")).isEqualTo("Pending");
      assertThat(codes(status))
          .containsExactlyInAnyOrder("MIG-076", "MIG-104", "MIG-175", "MIG-174");
      assertThat(codes(status("late", "foreign"))).contains("MIG-173");
    });
    Manifest waiting = cluster.get(Kinds.MIGRATION, "late", "waits");
    eventually(() ->
        assertThat(cluster.events(waiting))
            .extracting(Event::getType, event -> event.getMessage().substring(0, 7))
            .contains(
                org.assertj.core.groups.Tuple.tuple("Warning", "MIG-104"),
                org.assertj.core.groups.Tuple.tuple("Warning", "MIG-174")));

    pair("late", arrives("pvc-late-0", "pvc-late-1"));
    cluster.create(rule("late", "never", "sync"));
    cluster.set(waiting, "transformSpecs", List.of());
    eventually(() -> {
      assertThat(status("late", "waits").text("name")).isNotEmpty();
      assertThat(codes(status("late", "waits"))).containsExactly("MIG-174");
    });
    assertThat(status("late", "foreign").text("status")).isEqualTo("Pending");
  }

  @Test
  void theAdminNamespaceMovesOthersChosenByTheirLabelsAndTheirClaims() throws Exception {
    application("east-1");
    application("east-2");
    cluster.namespace("east-1", Map.of("region", "east"));
    cluster.namespace("east-2", Map.of("region", "east"));
    pair(ADMIN, arrives("pvc-east-1-0", "pvc-east-2-0"));
    Manifest created =
        cluster.create(
            migration(ADMIN, "region", "selectors: {part: first}")
                .replace("namespaces: [" + ADMIN + "]", "namespaceSelectors: {region: east}"));
    eventually(() -> assertThat(status(ADMIN, "region").text("name")).isNotEmpty());
    MigrationState state = begun(created);
    assertThat(state.getSpec().getPair()).isEqualTo("west");
    assertThat(state.getSpec().getNamespaces()).containsExactly("east-1", "east-2");
    assertThat(state.getSpec().getObjectSelector()).containsEntry("part", "first");
    assertThat(state.getSpec().getVolumes()).containsExactly("pvc-east-1-0", "pvc-east-2-0");
  }

  @Test
  void aMigrationUnderWayWhoseResourceIsDeletedIsCancelled() throws Exception {
    application("brief");
    pair("brief", running("pvc-brief-0", "pvc-brief-1"));
    Manifest created = cluster.create(migration("brief", "move", ""));
    eventually(() -> assertThat(status("brief", "move").text("stage")).isEqualTo("Volumes"));
    cluster.delete(Kinds.MIGRATION, "brief", "move");
    eventually(() -> assertThat(begun(created).getReason()).startsWith("MIG-053"));
  }

  @Test
  void aPairSaysWhatTheOtherSideAnswersAndShowsNoToken() throws Exception {
    OtherSide other = arrives();
    cluster.create(
        pair(
            "pairs",
            "inline",
            other.url().getPort(),
            "token: very-secret\nmode: DisasterRecovery"));
    cluster.create(
        pair(
            "pairs",
            "kept",
            other.url().getPort(),
            "mooring.io/token-secret: west\nbackuplocation: s3"));
    cluster.create(pair("pairs", "nowhere", 1, "mode: OneTimeMigration"));
    cluster.create(pair("pairs", "modeless", 1, "mode: Sometimes"));
    cluster.create(
        pair("pairs", "nobody", 1, "").replace("ip: 127.0.0.1\n    port: \"1\"", "token: x"));
    eventually(() -> {
      assertThat(pairStatus("inline").text("storageStatus")).isEqualTo("Ready");
      assertThat(pairStatus("inline").text("schedulerStatus")).isEqualTo("Ready");
      assertThat(pairStatus("nowhere").text("storageStatus")).isEqualTo("Error");
      assertThat(codes(pairStatus("nowhere"))).containsExactly("MIG-177");
      assertThat(codes(pairStatus("kept"))).containsExactly("MIG-176", "MIG-174");
      assertThat(codes(pairStatus("modeless"))).containsExactly("MIG-175");
      assertThat(pairStatus("nobody").text("storageStatus")).isEqualTo("NotProvided");
    });
    cluster.secret("pairs", "west", "another-secret\n");
    eventually(() -> assertThat(pairStatus("kept").text("storageStatus")).isEqualTo("Ready"));
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
    eventually(() -> assertThat(view.pair("pairs-inline")).isEmpty());
    assertThat(view.pair("pairs-kept")).isPresent();
  }

  @Test
  void aRuleIsKeptAsLongAsItIsThereAndABadTextLeavesTheOneBefore() {
    cluster.create(rule("rules", "good", "first"));
    cluster.create(rule("rules", "bad", "\" \""));
    eventually(() -> {
      assertThat(command("rules-good")).isEqualTo("first");
      assertThat(ruleStatus("rules", "good").flag("inUse")).contains(true);
      assertThat(codes(ruleStatus("rules", "bad"))).containsExactly("MIG-105");
      assertThat(ruleStatus("rules", "bad").flag("inUse")).contains(false);
    });
    when().delete("/rules/rules-good").then().statusCode(409).body("code", equalTo("MIG-172"));
    cluster.delete(Kinds.RULE, "rules", "good");
    eventually(() -> assertThat(view.rule("rules-good")).isEmpty());
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
    eventually(() -> assertThat(view.rule("a-owned")).isPresent());
    cluster.create(rule("a", "owned", "from-a-resource"));
    cluster.create(rule(ADMIN, "kafka-flush", "other"));
    eventually(() -> {
      assertThat(codes(ruleStatus("a", "owned"))).containsExactly("MIG-171");
      assertThat(codes(ruleStatus(ADMIN, "kafka-flush"))).containsExactly("MIG-171");
    });
    assertThat(command("a-owned")).isEqualTo("over-rest");
    when().delete("/rules/a-owned").then().statusCode(202);
    eventually(() -> assertThat(command("a-owned")).isEqualTo("from-a-resource"));
  }

  @Test
  void aScheduleBeginsByItsPolicyAndIsSuspendedBothWays() throws Exception {
    application("daily");
    pair("daily", arrives("pvc-daily-0", "pvc-daily-1"));
    cluster.create(schedule("daily", "often", "schedulePolicyName: missing\n  autoSuspend: true"));
    eventually(() -> assertThat(codes(scheduleStatus("often"))).containsExactly("MIG-178"));
    cluster.create(
        """
        apiVersion: stork.libopenstorage.org/v1alpha1
        kind: SchedulePolicy
        metadata: {name: missing}
        policy:
          interval: {intervalMinutes: 600}
        """);
    eventually(() -> {
      assertThat(scheduleStatus("often").flag("suspended")).contains(false);
      assertThat(scheduleStatus("often").values().get("items").toString())
          .contains("Interval=", "name=daily-often-20");
    });
    var kept = view.schedule("daily-often").orElseThrow();
    assertThat(kept.getIntervalMinutes()).isEqualTo(600);
    assertThat(kept.getAutoSuspend()).isTrue();

    when().post("/schedules/daily-often/suspend").then().statusCode(202);
    eventually(() -> {
      assertThat(cluster.get(Kinds.SCHEDULE, "daily", "often").spec().flag("suspend"))
          .contains(true);
      assertThat(scheduleStatus("often").flag("suspended")).contains(true);
    });
    cluster.set(cluster.get(Kinds.SCHEDULE, "daily", "often"), "suspend", false);
    eventually(() -> {
      assertThat(view.schedule("daily-often").orElseThrow().getSuspended()).isFalse();
      assertThat(scheduleStatus("often").flag("suspended")).contains(false);
    });
    assertThat(view.schedule("daily-often").orElseThrow().getSince()).isEqualTo(kept.getSince());
    cluster.delete(Kinds.SCHEDULE, "daily", "often");
    eventually(() -> assertThat(view.schedule("daily-often")).isEmpty());
  }

  @Test
  void aScheduleThatSuspendsItselfSaysSoInItsResource() throws Exception {
    application("moved");
    pair("moved", other(Map.of("desired", 3)));
    Manifest created = cluster.create(schedule("moved", "dr", "autoSuspend: true"));
    eventually(() -> {
      Manifest shown = cluster.get(Kinds.SCHEDULE, "moved", "dr");
      assertThat(shown.spec().flag("suspend")).contains(true);
      assertThat(shown.status().flag("suspended")).contains(true);
      assertThat(codes(shown.status())).containsExactly("MIG-121");
      assertThat(cluster.events(created)).extracting(Event::getReason).contains("Suspended");
    });
    assertThat(view.schedule("moved-dr").orElseThrow().getIntervalMinutes()).isEqualTo(30);
  }

  @Test
  void anApiServerThatIsAwayChangesNothingAndIsCaughtUpWith() throws Exception {
    application("away");
    pair("away", running("pvc-away-0", "pvc-away-1"));
    cluster.create(rule("away", "first", "first"));
    Manifest created = cluster.create(migration("away", "move", ""));
    eventually(() -> {
      assertThat(status("away", "move").text("stage")).isEqualTo("Volumes");
      assertThat(command("away-first")).isEqualTo("first");
    });
    cluster.away(true);
    try {
      eventually(() -> assertThat(leaders()).isZero());
      cluster.delete(Kinds.RULE, "away", "first");
      cluster.create(rule("away", "second", "second"));
      cluster.delete(Kinds.MIGRATION, "away", "move");
      await()
          .during(Duration.ofSeconds(2))
          .until(() ->
              view.rule("away-first").isPresent()
                  && view.rule("away-second").isEmpty()
                  && begun(created).getReason().isEmpty());
    } finally {
      cluster.away(false);
    }
    eventually(() -> {
      assertThat(view.rule("away-first")).isEmpty();
      assertThat(command("away-second")).isEqualTo("second");
      assertThat(begun(created).getReason()).startsWith("MIG-053");
    });
  }

  @Test
  void twoLeadersForAMomentWriteTheSame() throws Exception {
    application("twice");
    pair("twice", arrives("pvc-twice-0", "pvc-twice-1"));
    KubernetesClient client = cluster.client();
    opened.add(client);
    ResourceLink second =
        new ResourceLink(
            // Another lease, so that both lead.
            new ResourceSettings(
                "second",
                "elsewhere",
                ADMIN,
                "csi.mooring.io",
                Duration.ofSeconds(3),
                Duration.ofMillis(200)),
            new ResourceParts(
                client,
                () -> CommittedState.connect(kafka, serdes),
                letters,
                new PairProbe(surroundings.repository()),
                surroundings.manager(),
                surroundings.repository(),
                Clock.systemUTC()),
            new ResourceMetrics(new SimpleMeterRegistry()));
    opened.add(second);
    second.start();
    cluster.create(rule("twice", "flush", "sync"));
    Manifest created = cluster.create(migration("twice", "move", "preExecRule: flush"));
    eventually(() -> assertThat(status("twice", "move").text("status")).isEqualTo("Successful"));
    assertThat(view.migrations())
        .filteredOn(state -> state.getCommandId().equals(created.uid()))
        .hasSize(1);
    assertThat(codes(status("twice", "move"))).isEmpty();
    cluster.delete(Kinds.RULE, "twice", "flush");
    eventually(() -> assertThat(view.rule("twice-flush")).isEmpty());
  }

  private double leaders() {
    return meters.get("mooring.migrator.kubernetes.leader").gauge().value();
  }

  /** Two volumes with claims, and an object. */
  private void application(String namespace) {
    for (int i = 0; i < 2; i++) {
      String name = "pvc-%s-%d".formatted(namespace, i);
      FakeVolume volume =
          plane.volume(
              name, 4 << 20, Map.of("csi.storage.k8s.io/pvc/namespace", namespace, "repl", "1"));
      cluster.claim(
          namespace,
          "data-" + i,
          plane.find(name).map(FakeVolume::id).orElseThrow(),
          Map.of("part", i == 0 ? "first" : "second"));
    }
    plane
        .orchestrator()
        .put(
            "ConfigMap/%s/settings".formatted(namespace),
            """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"%s",
            "labels":{"part":"first"}}}\
            """
                .formatted(namespace));
  }

  private OtherSide arrives(String... volumes) throws Exception {
    return other(told("SUCCESSFUL", "COMPLETE", volumes));
  }

  private OtherSide running(String... volumes) throws Exception {
    return other(told("IN_PROGRESS", "IN_PROGRESS", volumes));
  }

  private static Map<String, Object> told(String status, String volumeStatus, String... volumes) {
    List<Map<String, Object>> moved = new ArrayList<>();
    for (String volume : volumes) {
      moved.add(
          Map.of("name", volume, "status", volumeStatus, "doneBytes", 4 << 20, "movedBytes", 7));
    }
    return Map.of(
        "status",
        status,
        "stage",
        "VOLUMES",
        "volumes",
        moved,
        "resourcesTotal",
        1,
        "resourcesDone",
        1);
  }

  /** Says the same whatever it is asked. */
  private OtherSide other(Map<String, Object> told) throws Exception {
    Map<String, Object> answer = new LinkedHashMap<>(told);
    answer.put("repository", when().get("/pairs/self").path("repository"));
    answer.put("orchestrator", true);
    OtherSide other = new OtherSide(List.of(answer));
    opened.add(other);
    return other;
  }

  private void pair(String namespace, OtherSide other) {
    cluster.create(pair(namespace, "west", other.url().getPort(), ""));
  }

  /**
   * @param options further ones, each a line
   */
  private static String pair(String namespace, String name, int port, String options) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: ClusterPair
    metadata: {name: %s, namespace: %s}
    spec:
      options:
        ip: 127.0.0.1
        port: "%d"
    %s\
    """
        .formatted(name, namespace, port, options.indent(4));
  }

  private static String rule(String namespace, String name, String command) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: Rule
    metadata: {name: %s, namespace: %s}
    rules:
      - podSelector: {app: kafka}
        actions:
          - {type: command, value: %s}
    """
        .formatted(name, namespace, command);
  }

  private static String migration(String namespace, String name, String more) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: Migration
    metadata: {name: %s, namespace: %s}
    spec:
      clusterPair: west
      namespaces: [%s]
      %s
    """
        .formatted(name, namespace, namespace, more);
  }

  private static String schedule(String namespace, String name, String more) {
    return """
    apiVersion: stork.libopenstorage.org/v1alpha1
    kind: MigrationSchedule
    metadata: {name: %s, namespace: %s}
    spec:
      template:
        spec:
          clusterPair: west
          namespaces: [%s]
      %s
    """
        .formatted(name, namespace, namespace, more);
  }

  private Fields status(String namespace, String name) {
    return cluster.get(Kinds.MIGRATION, namespace, name).status();
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

  private MigrationState begun(Manifest manifest) {
    return view.migrations().stream()
        .filter(state -> state.getKind() == MigrationKind.MIGRATION)
        .filter(state -> state.getCommandId().equals(manifest.uid()))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> codes(Fields status) {
    return status.texts("problems").stream().map(problem -> problem.substring(0, 7)).toList();
  }

  /** As {@code kubectl get} prints it. */
  private static String row(Manifest manifest) {
    StringBuilder row = new StringBuilder(manifest.name());
    StorkCluster.definition("Migration")
        .at("/spec/versions/0/additionalPrinterColumns")
        .forEach(column -> {
          Object value =
              manifest
                  .resource()
                  .get((Object[]) column.path("jsonPath").asText().substring(1).split("\\."));
          row.append(' ').append(value);
        });
    return row.toString();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(assertion);
  }
}
