package io.mooring.migrator.kubernetes.resources;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Kubernetes cluster with which the service is linked. */
public final class StorkRig implements QuarkusTestResourceLifecycleManager {

  /** The service is started anew: in other tests it is linked with no cluster. */
  public static final class Linked implements QuarkusTestProfile {
    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(StorkRig.class));
    }
  }

  private @Nullable StorkCluster cluster;

  @Override
  public Map<String, String> start() {
    StorkCluster started = new StorkCluster();
    cluster = started;
    return Map.of(
        "mooring.migrator.kubernetes.enabled", "true",
        "mooring.migrator.kubernetes.namespace", "mooring",
        "mooring.migrator.kubernetes.lease-duration", "3s",
        "mooring.migrator.kubernetes.compare-every", "200ms",
        "quarkus.kubernetes-client.api-server-url", started.url(),
        "quarkus.kubernetes-client.request-retry-backoff-limit", "0",
        "quarkus.kubernetes-client.watch-reconnect-interval", "100ms");
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(cluster, new TestInjector.MatchesType(StorkCluster.class));
  }

  @Override
  public void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }
}
