package io.mooring.autopilot;

import io.mooring.autopilot.kubernetes.FakeCluster;
import io.mooring.autopilot.prometheus.FakePrometheus;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Kubernetes API server and a Prometheus server for the application. */
public final class OutsideWorld implements QuarkusTestResourceLifecycleManager {

  /** An application of its own: with another configuration than that of other tests. */
  public static final class Profile implements QuarkusTestProfile {
    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(OutsideWorld.class));
    }
  }

  private @Nullable FakeCluster cluster;
  private @Nullable FakePrometheus prometheus;

  @Override
  public Map<String, String> start() {
    try {
      FakeCluster startedCluster = new FakeCluster();
      FakePrometheus startedPrometheus = new FakePrometheus();
      cluster = startedCluster;
      prometheus = startedPrometheus;
      return Map.of(
          "mooring.autopilot.kubernetes.enabled", "true",
          "mooring.autopilot.kubernetes.namespace", "mooring",
          "quarkus.kubernetes-client.api-server-url", startedCluster.url(),
          "mooring.autopilot.prometheus.url", startedPrometheus.url().toString(),
          "mooring.autopilot.prometheus.poll-interval-min", "1s",
          "mooring.autopilot.prometheus.look-back", "1s");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(cluster, new TestInjector.MatchesType(FakeCluster.class));
    injector.injectIntoFields(prometheus, new TestInjector.MatchesType(FakePrometheus.class));
  }

  @Override
  public void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }
}
