package io.mooring.migrator.kubernetes.resources;

import io.mooring.kubernetes.Candidacy;
import io.mooring.kubernetes.Candidacy.Candidate;

/** The migrator's part in a Kubernetes cluster, which its leader plays. */
public final class ResourceLink implements AutoCloseable {

  private final Candidacy candidacy;

  public ResourceLink(ResourceSettings settings, ResourceParts parts, ResourceMetrics metrics) {
    this.candidacy =
        new Candidacy(
            parts.client(),
            new Candidate(
                Kinds.MIGRATOR,
                settings.namespace(),
                settings.instance(),
                settings.leaseDuration()),
            () -> ResourceLeadership.begin(settings, parts, metrics));
  }

  /** Stands for election from now on. */
  public void start() {
    candidacy.start();
  }

  @Override
  public void close() {
    candidacy.close();
  }
}
