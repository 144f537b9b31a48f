package io.mooring.migrator.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.migrator.outside.VolumeManagerClient;
import java.time.Duration;
import java.time.InstantSource;

/** A Kubernetes cluster that keeps applications: their objects, and their pods. */
public record KubernetesOrchestrator(
    KubernetesApplicationObjects objects, KubernetesApplicationDoor door) {

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /**
   * @param driver name of Mooring's CSI driver
   * @param timeout of a program in a pod that only begins something, or asks
   * @param patience how long pods may take to stop
   */
  public static KubernetesOrchestrator of(
      KubernetesClient client,
      VolumeManagerClient manager,
      String driver,
      Duration timeout,
      Duration patience) {
    return of(client, manager, driver, patience, new ApiPodExec(client, timeout), new PodScripts());
  }

  static KubernetesOrchestrator of(
      KubernetesClient client,
      VolumeManagerClient manager,
      String driver,
      Duration patience,
      PodExec exec,
      PodScripts scripts) {
    ApiServer server = new ApiServer(client);
    CustomKinds kinds = new CustomKinds(server, InstantSource.system());
    VolumeBindings bindings = new VolumeBindings(server, manager, driver);
    return new KubernetesOrchestrator(
        new KubernetesApplicationObjects(server, kinds, bindings),
        new KubernetesApplicationDoor(
            server,
            kinds,
            new StopSequence(server, kinds, patience, LOOK_EVERY),
            new PodCommands(server, bindings, exec, scripts)));
  }
}
