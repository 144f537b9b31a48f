package io.mooring.localcluster.orchestrator;

import java.nio.file.Path;

/** What an orchestrator does with the processes of nodes. */
public interface PodRuntime {

  /** Gives the pod's address to a node. */
  void assignAddress(String node, String address) throws InterruptedException;

  /** Starts the pod's process on a node. */
  RunningPod start(String node, PodIdentity pod, PodTemplate template, Path data)
      throws InterruptedException;

  /** Waits while the node is off or frozen: nothing happens on it then. */
  void awaitNode(String node) throws InterruptedException;

  /** True once the pod accepts connections. */
  boolean isReady(PodIdentity pod, PodTemplate template);

  /** A pod's process. */
  interface RunningPod {

    boolean isAlive();

    /** Waits for its end and returns its exit status. */
    int await() throws InterruptedException;

    /** SIGTERM, and SIGKILL after a grace period. */
    void stop() throws InterruptedException;

    /** SIGKILL. */
    void kill();
  }
}
