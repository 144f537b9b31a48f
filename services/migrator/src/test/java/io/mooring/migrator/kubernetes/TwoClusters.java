package io.mooring.migrator.kubernetes;

import io.mooring.migrator.outside.ApplicationObjects;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.outside.VolumeManagerClient;
import io.mooring.migrator.plane.FakePlane;
import io.mooring.migrator.plane.FakeVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A Kafka application on one cluster, and another cluster that has its volumes already. */
final class TwoClusters implements AutoCloseable {

  static final String DRIVER = "csi.mooring.io";
  static final Kind KAFKA = Kind.namespaced("kafka.strimzi.io", "v1beta2", "kafkas", "Kafka");

  private final FakePlane here = new FakePlane();
  private final FakePlane there = new FakePlane();
  private final FakeCluster source;
  private final FakeCluster target;
  private final ApplicationObjects from;
  private final ApplicationObjects to;

  TwoClusters(Path folder) throws IOException {
    source = new FakeCluster(folder);
    target = new FakeCluster(folder);
    from = objects(source, here);
    to = objects(target, there);
    source.apply("kafka.yaml");
    for (String name : List.of("data-broker-0", "data-broker-1")) {
      FakeVolume volume = here.volume("pvc-" + name, 1 << 20, Map.of());
      there.volume("pvc-" + name, 1 << 20, Map.of());
      source.claim("kafka", name, volume.id(), DRIVER);
    }
  }

  private static ApplicationObjects objects(FakeCluster cluster, FakePlane plane) {
    return KubernetesOrchestrator.of(
            cluster.client(),
            new VolumeManagerClient(new RestClient(plane.managerUrl(), Duration.ofSeconds(5))),
            DRIVER,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5))
        .objects();
  }

  FakeCluster source() {
    return source;
  }

  FakeCluster target() {
    return target;
  }

  /** What has the target's volumes. */
  FakePlane there() {
    return there;
  }

  ApplicationObjects to() {
    return to;
  }

  /** All of the application on the source. */
  List<ApplicationObject> list() throws IOException {
    return from.list("kafka");
  }

  /** As a migration does it. */
  void move(String namespace, boolean start) throws IOException {
    for (ApplicationObject object : list()) {
      to.put(
          new ApplicationObject(object.kind(), namespace, object.name(), object.manifest()), start);
    }
  }

  static String described(ApplicationObject object) {
    return object.kind() + "/" + object.name();
  }

  /** Definitions, and, where the application is, a cluster and what its operator has made of it. */
  static void strimzi(FakeCluster cluster) {
    cluster.apply("strimzi.yaml");
    if (cluster.find(Kinds.NAMESPACE, "", "kafka").isEmpty()) {
      return;
    }
    cluster.put(
        "{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: main, namespace: kafka}, spec: {kafka: {version: 4.0.0}}}");
    cluster.put(
        "{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaNodePool, metadata: {name: brokers, namespace: kafka, labels: {strimzi.io/cluster: main}}, spec: {replicas: 3}}");
    cluster.put(
        "{apiVersion: stork.libopenstorage.org/v1alpha1, kind: Migration, metadata: {name: move, namespace: kafka}, spec: {}}");
    String uid = cluster.get(KAFKA, "kafka", "main").at("/metadata/uid").asText();
    String owner =
        "ownerReferences: [{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, name: main, uid: %s, controller: true}]"
            .formatted(uid);
    cluster.put(
        "{apiVersion: v1, kind: Secret, metadata: {name: main-cluster-ca, namespace: kafka, %s}, data: {ca.crt: eA==}}"
            .formatted(owner));
    cluster.put(
        "{apiVersion: v1, kind: Service, metadata: {name: main-brokers, namespace: kafka, %s}, spec: {clusterIP: None}}"
            .formatted(owner));
    cluster.put(
        "{apiVersion: core.strimzi.io/v1beta2, kind: StrimziPodSet, metadata: {name: main-brokers, namespace: kafka, labels: {strimzi.io/cluster: main}, %s}, spec: {pods: []}}"
            .formatted(owner));
  }

  @Override
  public void close() {
    source.close();
    target.close();
    here.close();
    there.close();
  }
}
