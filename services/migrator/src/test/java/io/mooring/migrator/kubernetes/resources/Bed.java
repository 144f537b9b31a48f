package io.mooring.migrator.kubernetes.resources;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;

import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import io.mooring.migrator.plane.OtherSide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;

/** What tests of resources have in common: applications, and other sides of pairs. */
final class Bed {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final FakePlane plane;
  private final StorkCluster cluster;

  Bed(FakePlane plane, StorkCluster cluster) {
    this.plane = plane;
    this.cluster = cluster;
  }

  void closeLater(AutoCloseable resource) {
    opened.add(resource);
  }

  /** Two volumes with claims, and an object. */
  void application(String namespace) {
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

  OtherSide arrives(String... volumes) throws Exception {
    return other(told("SUCCESSFUL", "COMPLETE", volumes));
  }

  OtherSide running(String... volumes) throws Exception {
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
  OtherSide other(Map<String, Object> told) throws Exception {
    Map<String, Object> answer = new LinkedHashMap<>(told);
    answer.put("repository", when().get("/pairs/self").path("repository"));
    answer.put("orchestrator", true);
    OtherSide other = new OtherSide(List.of(answer));
    opened.add(other);
    return other;
  }

  void pair(String namespace, OtherSide other) {
    cluster.create(Manifests.pair(namespace, "west", other.url().getPort(), ""));
  }

  static List<String> codes(Fields status) {
    return status.texts("problems").stream().map(problem -> problem.substring(0, 7)).toList();
  }

  static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(assertion);
  }

  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }
}
