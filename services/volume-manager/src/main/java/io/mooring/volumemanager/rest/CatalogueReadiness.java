package io.mooring.volumemanager.rest;

import io.mooring.volumemanager.VolumeManager;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready means that volumes can be read and changed, not just that the process runs. */
@Readiness
@ApplicationScoped
class CatalogueReadiness implements HealthCheck {

  private final VolumeManager manager;

  CatalogueReadiness(VolumeManager manager) {
    this.manager = manager;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("catalogue").status(manager.isReady()).build();
  }
}
