package io.mooring.autopilot.kubernetes;

import io.mooring.kubernetes.Candidacy;
import io.mooring.kubernetes.Candidacy.Candidate;

/** The autopilot's part in a Kubernetes cluster, which its leader plays. */
public final class KubernetesLink implements AutoCloseable {

  private final Candidacy candidacy;

  public KubernetesLink(
      KubernetesSettings settings, KubernetesParts parts, KubernetesMetrics metrics) {
    this.candidacy =
        new Candidacy(
            parts.client(),
            new Candidate(
                Kinds.AUTOPILOT,
                settings.namespace(),
                settings.instance(),
                settings.leaseDuration()),
            () -> Leadership.begin(settings, parts, metrics));
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
