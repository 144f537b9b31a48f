package io.mooring.localcluster;

import io.mooring.localcluster.application.Executions;
import io.mooring.localcluster.node.NodePodRuntime;
import io.mooring.localcluster.orchestrator.PodRuntime;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.storage.CsiVolumes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Starts commands beside the pods, where these find their volumes. */
record PodDoor(NodePodRuntime runtime, CsiVolumes volumes) implements Executions.Door {

  @Override
  public PodRuntime.RunningPod start(
      PodStatus pod, List<String> command, Map<String, String> environment, Path output) {
    String node = Objects.requireNonNull(pod.node(), "a pod that runs has a node");
    Map<String, String> own = new HashMap<>(environment);
    own.put("DATA_DIR", volumes.targetPath(node, pod.pod().name()).toString());
    return runtime.execute(node, command, own, output);
  }
}
