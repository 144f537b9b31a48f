package io.mooring.migrator.kubernetes.resources;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.mooring.migrator.work.Surroundings;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationState;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Migrations as resources, through the service as it is deployed; the API server is in memory. */
@QuarkusTest
@QuarkusTestResource(Rig.class)
@TestProfile(StorkRig.Linked.class)
class MigrationResourcesIT {

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
  void aMigrationIsBegunOnceForEachResourceAndItsStatusTellsHowItGoes() throws Exception {
    bed.application("shop");
    bed.pair("shop", bed.arrives("pvc-shop-0", "pvc-shop-1"));
    cluster.create(Manifests.rule("shop", "flush", "sync"));
    Manifest created =
        cluster.create(
            Manifests.migration("shop", "move", "preExecRule: flush\n  postExecRule: kafka-flush"));
    Bed.eventually(() -> assertThat(status("shop", "move").text("stage")).isEqualTo("Final"));

    Fields status = status("shop", "move");
    assertThat(status.text("status")).isEqualTo("Successful");
    Bed.eventually(() ->
        assertThat(String.valueOf(status("shop", "move").values().get("resources")))
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
    Bed.eventually(() ->
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
    Manifest again = cluster.create(Manifests.migration("shop", "move", ""));
    Bed.eventually(() -> assertThat(status("shop", "move").text("name")).isNotEmpty());
    assertThat(begun(again).getName()).isNotEqualTo(state.getName());
    assertThat(begun(again).getBase()).isEqualTo(state.getName());
  }

  @Test
  void whatHindersAMigrationIsToldAndItBeginsOnceThatIsGone() throws Exception {
    bed.application("late");
    cluster.create(
        Manifests.migration(
            "late",
            "waits",
            "preExecRule: never\n  adminClusterPair: other\n  transformSpecs: [t]"));
    cluster.create(
        Manifests.migration("late", "foreign", "startApplications: true")
            .replace("namespaces: [late]", "namespaces: [late, shop]"));
    Bed.eventually(() -> {
      Fields status = status("late", "waits");
      assertThat(status.text("status")).isEqualTo("Pending");
      assertThat(Bed.codes(status))
          .containsExactlyInAnyOrder("MIG-076", "MIG-104", "MIG-175", "MIG-174");
      assertThat(Bed.codes(status("late", "foreign"))).contains("MIG-173");
    });
    Manifest waiting = cluster.get(Kinds.MIGRATION, "late", "waits");
    Bed.eventually(() ->
        assertThat(cluster.events(waiting))
            .extracting(Event::getType, event -> event.getMessage().substring(0, 7))
            .contains(
                org.assertj.core.groups.Tuple.tuple("Warning", "MIG-104"),
                org.assertj.core.groups.Tuple.tuple("Warning", "MIG-174")));

    bed.pair("late", bed.arrives("pvc-late-0", "pvc-late-1"));
    cluster.create(Manifests.rule("late", "never", "sync"));
    cluster.set(waiting, "transformSpecs", List.of());
    Bed.eventually(() -> {
      assertThat(status("late", "waits").text("name")).isNotEmpty();
      assertThat(Bed.codes(status("late", "waits"))).containsExactly("MIG-174");
    });
    assertThat(status("late", "foreign").text("status")).isEqualTo("Pending");
  }

  @Test
  void theAdminNamespaceMovesOthersChosenByTheirLabelsAndTheirClaims() throws Exception {
    bed.application("east-1");
    bed.application("east-2");
    cluster.namespace("east-1", Map.of("region", "east"));
    cluster.namespace("east-2", Map.of("region", "east"));
    bed.pair(ADMIN, bed.arrives("pvc-east-1-0", "pvc-east-2-0"));
    Manifest created =
        cluster.create(
            Manifests.migration(ADMIN, "region", "selectors: {part: first}")
                .replace("namespaces: [" + ADMIN + "]", "namespaceSelectors: {region: east}"));
    Bed.eventually(() -> assertThat(status(ADMIN, "region").text("name")).isNotEmpty());
    MigrationState state = begun(created);
    assertThat(state.getSpec().getPair()).isEqualTo("west");
    assertThat(state.getSpec().getNamespaces()).containsExactly("east-1", "east-2");
    assertThat(state.getSpec().getObjectSelector()).containsEntry("part", "first");
    assertThat(state.getSpec().getVolumes()).containsExactly("pvc-east-1-0", "pvc-east-2-0");
  }

  @Test
  void aMigrationUnderWayWhoseResourceIsDeletedIsCancelled() throws Exception {
    bed.application("brief");
    bed.pair("brief", bed.running("pvc-brief-0", "pvc-brief-1"));
    Manifest created = cluster.create(Manifests.migration("brief", "move", ""));
    Bed.eventually(() -> assertThat(status("brief", "move").text("stage")).isEqualTo("Volumes"));
    cluster.delete(Kinds.MIGRATION, "brief", "move");
    Bed.eventually(() -> assertThat(begun(created).getReason()).startsWith("MIG-053"));
  }

  @Test
  void anApiServerThatIsAwayChangesNothingAndIsCaughtUpWith() throws Exception {
    bed.application("away");
    bed.pair("away", bed.running("pvc-away-0", "pvc-away-1"));
    cluster.create(Manifests.rule("away", "first", "first"));
    Manifest created = cluster.create(Manifests.migration("away", "move", ""));
    Bed.eventually(() -> {
      assertThat(status("away", "move").text("stage")).isEqualTo("Volumes");
      assertThat(command("away-first")).isEqualTo("first");
    });
    cluster.away(true);
    try {
      Bed.eventually(() -> assertThat(leaders()).isZero());
      cluster.delete(Kinds.RULE, "away", "first");
      cluster.create(Manifests.rule("away", "second", "second"));
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
    Bed.eventually(() -> {
      assertThat(view.rule("away-first")).isEmpty();
      assertThat(command("away-second")).isEqualTo("second");
      assertThat(begun(created).getReason()).startsWith("MIG-053");
    });
  }

  @Test
  void twoLeadersForAMomentWriteTheSame() throws Exception {
    bed.application("twice");
    bed.pair("twice", bed.arrives("pvc-twice-0", "pvc-twice-1"));
    KubernetesClient client = cluster.client();
    bed.closeLater(client);
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
    bed.closeLater(second);
    second.start();
    cluster.create(Manifests.rule("twice", "flush", "sync"));
    Manifest created = cluster.create(Manifests.migration("twice", "move", "preExecRule: flush"));
    Bed.eventually(
        () -> assertThat(status("twice", "move").text("status")).isEqualTo("Successful"));
    assertThat(view.migrations())
        .filteredOn(state -> state.getCommandId().equals(created.uid()))
        .hasSize(1);
    assertThat(Bed.codes(status("twice", "move"))).isEmpty();
    cluster.delete(Kinds.RULE, "twice", "flush");
    Bed.eventually(() -> assertThat(view.rule("twice-flush")).isEmpty());
  }

  private double leaders() {
    return meters.get("mooring.migrator.kubernetes.leader").gauge().value();
  }

  private Fields status(String namespace, String name) {
    return cluster.get(Kinds.MIGRATION, namespace, name).status();
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
}
