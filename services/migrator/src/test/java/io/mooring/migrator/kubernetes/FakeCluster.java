package io.mooring.migrator.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * An API server in memory, and what people and controllers do to it. Programs in its pods are run
 * by the shell of this machine, each pod with a folder of its own.
 */
public final class FakeCluster implements AutoCloseable {

  private static final Logger EACH_REQUEST = Logger.getLogger("io.fabric8.mockwebserver");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String PEOPLE = "people";
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** An answer in place of the server's own. */
  private record Fault(String request, int status, String body, Duration delay, int[] left) {}

  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final KubernetesMockServer server;
  private final KubernetesClient people;
  private final KubernetesClient programs;
  private final ShellOfPods shell;

  public FakeCluster(Path folder) {
    EACH_REQUEST.setLevel(Level.WARNING);
    shell = new ShellOfPods(folder);
    server =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new Doorkeeper(), false);
    server.init(InetAddress.getLoopbackAddress(), 0);
    people = client(PEOPLE);
    programs = client("migrator");
  }

  /** Lets people in at all times; programs have to bear what is wrong. */
  private final class Doorkeeper extends KubernetesCrudDispatcher {

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      if (PEOPLE.equals(request.getHeader("User-Agent"))) {
        return super.dispatch(request);
      }
      String line = request.getMethod() + " " + request.getPath();
      requests.add(line.replaceFirst("\\?.*", ""));
      for (Fault fault : faults) {
        if (line.matches(fault.request()) && fault.left()[0]-- > 0) {
          MockResponse answer =
              new MockResponse().setResponseCode(fault.status()).setBody(fault.body());
          return fault.delay().isZero() ? answer : answer.setBodyDelay(fault.delay());
        }
      }
      return request.getPath().contains("/exec?") ? shell.answer(request) : super.dispatch(request);
    }
  }

  /** The next so many requests of programs that match are answered with this. */
  public void fail(String request, int times, int status, String message) {
    String body =
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":%d,\"message\":\"%s\"}"
            .formatted(status, message);
    faults.add(new Fault(request, status, body, Duration.ZERO, new int[] {times}));
  }

  /** The next request that matches is answered with this text. */
  void answer(String request, String body) {
    faults.add(new Fault(request, 200, body, Duration.ZERO, new int[] {1}));
  }

  /** The next request that matches is answered after the client has given up. */
  void hang(String request) {
    faults.add(new Fault(request, 200, "{}", TIMEOUT.multipliedBy(2), new int[] {1}));
  }

  /** Requests of programs so far, without their queries. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  List<String> writes() {
    return requests.stream().filter(line -> !line.startsWith("GET ")).toList();
  }

  void forgetRequests() {
    requests.clear();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  public KubernetesClient client() {
    return programs;
  }

  private KubernetesClient client(String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withMasterUrl(url())
                .withTrustCerts(true)
                .withUserAgent(user)
                .withRequestTimeout(Math.toIntExact(TIMEOUT.toMillis()))
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  /** Makes everything in a file of the tests' resources. */
  public void apply(String file) {
    try (InputStream in = FakeCluster.class.getResourceAsStream("/kubernetes/" + file)) {
      for (Iterator<ObjectNode> all = YAML.readerFor(ObjectNode.class).readValues(in);
          all.hasNext(); ) {
        put(all.next());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void put(String yaml) {
    try {
      put((ObjectNode) YAML.readTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Somebody makes an object, or writes over it. */
  void put(ObjectNode object) {
    Kind kind = kind(object);
    String path = kind.path(Fields.namespace(object));
    if (people.raw(path + "/" + Fields.name(object)) == null) {
      people.raw(path, "POST", object);
    } else {
      people.raw(path + "/" + Fields.name(object), "PUT", object);
    }
  }

  private Kind kind(ObjectNode object) {
    try {
      return switch (Fields.kind(object)) {
        case "Pod" -> Kinds.POD;
        case "CustomResourceDefinition" -> Kinds.DEFINITION;
        case "Migration" ->
            Kind.namespaced("stork.libopenstorage.org", "v1alpha1", "migrations", "Migration");
        default -> new CustomKinds(new ApiServer(people), () -> java.time.Instant.EPOCH).of(object);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<ObjectNode> find(Kind kind, String namespace, String name) {
    try {
      return Optional.ofNullable(people.raw(kind.path(namespace, name))).isPresent()
          ? Optional.of(ApiServer.parsed(people.raw(kind.path(namespace, name))))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ObjectNode get(Kind kind, String namespace, String name) {
    return find(kind, namespace, name).orElseThrow();
  }

  /** Somebody deletes an object, and its controllers let it go. */
  void delete(Kind kind, String namespace, String name) {
    ObjectNode object = get(kind, namespace, name);
    object.withObject("/metadata").remove("finalizers");
    put(object);
    people.raw(kind.path(namespace, name), "DELETE", null);
  }

  /** A claim that is bound to a volume of a driver. */
  public void claim(String namespace, String name, String volumeId, String driver) {
    put(
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: pv-%1$s, finalizers: [kubernetes.io/pv-protection]}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteOnce]
          storageClassName: replicated
          persistentVolumeReclaimPolicy: Delete
          claimRef: {kind: PersistentVolumeClaim, namespace: %2$s, name: %1$s, uid: u-1, resourceVersion: "7"}
          nodeAffinity: {required: {nodeSelectorTerms: []}}
          csi: {driver: %4$s, volumeHandle: %3$s, fsType: ext4, volumeAttributes: {fs: ext4, storage.kubernetes.io/csiProvisionerIdentity: x}}
        status: {phase: Bound}
        """
            .formatted(name, namespace, volumeId, driver));
    put(
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: %1$s, namespace: %2$s, annotations: {pv.kubernetes.io/bind-completed: "yes", volume.kubernetes.io/selected-node: n1}}
        spec: {accessModes: [ReadWriteOnce], storageClassName: replicated, volumeName: pv-%1$s, resources: {requests: {storage: 1Gi}}}
        status: {phase: Bound}
        """
            .formatted(name, namespace));
  }

  /** A ready pod of a set, which mounts a claim of its name. */
  public void pod(String namespace, String set, int number, String labels) {
    put(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %2$s-%3$d
          namespace: %1$s
          labels: {%4$s}
          ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: %2$s, uid: s, controller: true}]
        spec:
          volumes: [{name: data, persistentVolumeClaim: {claimName: data-%2$s-%3$d}}]
          containers:
          - {name: kafka, image: kafka, volumeMounts: [{name: data, mountPath: /var/lib/kafka}]}
          - {name: sidecar, image: sidecar}
        status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
        """
            .formatted(namespace, set, number, labels));
  }

  @Override
  public void close() {
    shell.close();
    people.close();
    programs.close();
    server.destroy();
  }

  static String decoded(String text) {
    return java.net.URLDecoder.decode(text, UTF_8);
  }

  static List<String> parameters(String query, String name) {
    List<String> values = new ArrayList<>();
    for (String part : query.split("&")) {
      if (part.startsWith(name + "=")) {
        values.add(decoded(part.substring(name.length() + 1)));
      }
    }
    return values;
  }
}
