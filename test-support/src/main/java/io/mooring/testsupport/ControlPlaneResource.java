package io.mooring.testsupport;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a {@link ControlPlane} before the application under test and points the application at it.
 * A test that talks to the control topics itself declares a field of type {@link ControlPlane},
 * which is filled in.
 */
public final class ControlPlaneResource implements QuarkusTestResourceLifecycleManager {

  private @Nullable ControlPlane controlPlane;

  @Override
  public Map<String, String> start() {
    try {
      ControlPlane started = ControlPlane.start();
      controlPlane = started;
      return Map.of(
          "kafka.bootstrap.servers", started.kafka().bootstrapServers(),
          "mp.messaging.connector.smallrye-kafka.apicurio.registry.url",
              started.registry().url().toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the control plane started", e);
    }
  }

  @Override
  public void inject(TestInjector testInjector) {
    testInjector.injectIntoFields(controlPlane, field -> field.getType() == ControlPlane.class);
  }

  @Override
  public void stop() {
    if (controlPlane != null) {
      controlPlane.close();
    }
  }
}
