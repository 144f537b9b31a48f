package io.mooring.migrator.kubernetes;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An API server, in place of the orchestrator behind REST that all other tests have. */
public final class KubernetesRig implements QuarkusTestResourceLifecycleManager {

  private @Nullable FakeCluster cluster;
  private @Nullable Path folder;

  /** After what it overrules. */
  @Override
  public int order() {
    return 1;
  }

  @Override
  public Map<String, String> start() {
    try {
      Path created = Files.createTempDirectory("mooring-pods-");
      folder = created;
      FakeCluster started = new FakeCluster(created);
      cluster = started;
      return Map.of(
          "mooring.migrator.application.url",
          "",
          "mooring.migrator.application.kubernetes.enabled",
          "true",
          "quarkus.kubernetes-client.api-server-url",
          started.url());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(cluster, new TestInjector.MatchesType(FakeCluster.class));
  }

  @Override
  public void stop() {
    if (cluster != null) {
      cluster.close();
    }
    if (folder != null) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
