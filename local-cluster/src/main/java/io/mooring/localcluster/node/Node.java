package io.mooring.localcluster.node;

import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A node of the cluster over all its runs. Its network namespace and its disks outlive it, as a
 * machine's do; its processes and mounts do not.
 */
public final class Node {

  private final NodeSpec spec;
  private final ClusterNetwork network;
  private final Path log;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable NodeNamespaces run;
  private volatile boolean paused;

  public Node(NodeSpec spec, ClusterNetwork network, Path log) {
    this.spec = spec;
    this.network = network;
    this.log = log;
  }

  public NodeSpec spec() {
    return spec;
  }

  /** Powers the node on and joins it to the network. No effect if it runs. */
  public void start() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (isAlive()) {
        return;
      }
      network.dropForeignAddresses(spec.name());
      network.heal(spec.name());
      run = NodeNamespaces.start(spec.name(), network.namespace(spec.name()), log);
      paused = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The death of the node: its link goes down first, so that not even the kernel can say goodbye to
   * its peers, then all processes die at once.
   */
  public void kill() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      NodeNamespaces namespaces = run;
      if (namespaces != null) {
        // From here on nothing more is started on it.
        run = null;
        paused = false;
        network.cut(spec.name());
        namespaces.kill();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Cuts the node off while everything on it goes on. */
  public void cutLink() throws InterruptedException {
    network.cut(spec.name());
  }

  /** Joins the node again. Pod addresses that moved on meanwhile are not brought back. */
  public void healLink() throws InterruptedException {
    network.dropForeignAddresses(spec.name());
    network.heal(spec.name());
  }

  /** Freezes every process of the node; the kernel still answers for it on the network. */
  public void pause() throws InterruptedException {
    running().pause();
    paused = true;
  }

  /** Lets a paused node go on. */
  public void resume() throws InterruptedException {
    network.dropForeignAddresses(spec.name());
    running().resume();
    paused = false;
  }

  /** Starts a process on the node. */
  public LocalProcess run(ProcessSpec process) {
    return LocalProcess.start(process, running().door());
  }

  /** The node's file tree with its mounts, as a path of this process. */
  public Path root() {
    return running().root();
  }

  /** Every process of the node. */
  List<ProcessHandle> processes() {
    return running().processes();
  }

  public boolean isAlive() {
    NodeNamespaces namespaces = run;
    return namespaces != null && namespaces.isAlive();
  }

  public boolean isPaused() {
    return paused;
  }

  /** True unless the node's link is cut. */
  public boolean isJoined() throws InterruptedException {
    return network.isJoined(spec.name());
  }

  private NodeNamespaces running() {
    NodeNamespaces namespaces = run;
    if (namespaces == null) {
      throw new LocalClusterException(
          "LCL-005",
          "Node '" + spec.name() + "' is off",
          "it was killed and not started again",
          "Start it with ./mooring fault start-node " + spec.name());
    }
    return namespaces;
  }
}
