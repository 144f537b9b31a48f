package io.mooring.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An API server in memory, which may be away, with namespaces and claims of Mooring's volumes. */
public final class InMemoryApiServer implements AutoCloseable {

  private static final String DRIVER = "csi.mooring.io";
  private static final String PEOPLE = "people";

  private volatile boolean away;
  private final KubernetesMockServer server;
  private final KubernetesClient people;

  /**
   * @param kinds of its custom resources; see {@link #kind}
   */
  public InMemoryApiServer(List<CustomResourceDefinitionContext> kinds) {
    server =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new Doorkeeper(kinds), false);
    server.init(InetAddress.getLoopbackAddress(), 0);
    people = client(PEOPLE);
  }

  /**
   * A kind of custom resource.
   *
   * @param withStatus its status is a resource of its own
   */
  public static CustomResourceDefinitionContext kind(
      ResourceDefinitionContext kind, boolean withStatus) {
    return new CustomResourceDefinitionContext.Builder()
        .withGroup(kind.getGroup())
        .withVersion(kind.getVersion())
        .withKind(kind.getKind())
        .withPlural(kind.getPlural())
        .withScope(kind.isNamespaceScoped() ? "Namespaced" : "Cluster")
        .withStatusSubresource(withStatus)
        .build();
  }

  /** Lets nobody but people in while the API server is away. */
  private final class Doorkeeper extends KubernetesCrudDispatcher {

    Doorkeeper(List<CustomResourceDefinitionContext> kinds) {
      super(kinds);
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      return away && !PEOPLE.equals(request.getHeader("User-Agent"))
          ? new MockResponse().setResponseCode(503)
          : super.dispatch(request);
    }
  }

  /** Whether programs get no answer; people see and change everything as ever. */
  public void away(boolean yes) {
    away = yes;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** What people use. */
  public KubernetesClient people() {
    return people;
  }

  /** A client of a program's own, without retries that would hide what the caller has to bear. */
  public KubernetesClient client(String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withMasterUrl(url())
                .withTrustCerts(true)
                .withUserAgent(user)
                .withNamespace("mooring")
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(100)
                .build())
        .build();
  }

  public void namespace(String name, Map<String, String> labels) {
    people
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .create();
  }

  /** A claim that is bound to a volume of Mooring. */
  public void claim(String namespace, String name, String volumeId, Map<String, String> labels) {
    String volume = "pvc-" + volumeId;
    people
        .resource(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withVolumeName(volume)
                .endSpec()
                .build())
        .create();
    people
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(volume)
                .endMetadata()
                .withNewSpec()
                .withNewClaimRef()
                .withNamespace(namespace)
                .withName(name)
                .endClaimRef()
                .withNewCsi()
                .withDriver(DRIVER)
                .withVolumeHandle(volumeId)
                .endCsi()
                .endSpec()
                .build())
        .create();
  }

  @Override
  public void close() {
    people.close();
    server.destroy();
  }
}
