package io.mooring.localcluster.orchestrator;

import java.nio.file.Path;
import java.util.List;

/** How the pods of a set are run. */
public interface PodTemplate {

  /** The pod's own address, which it keeps wherever it runs. */
  String address(PodIdentity pod);

  /** Port that accepts connections once the pod is ready. */
  int readyPort();

  /**
   * Writes the pod's configuration and returns the command to run.
   *
   * @param configuration directory for its configuration, new for each pod
   * @param data where its volume is mounted on the node
   */
  List<String> command(PodIdentity pod, Path configuration, Path data);
}
