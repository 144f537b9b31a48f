package io.mooring.localcluster.node;

import io.mooring.localcluster.process.ProcessSpec;
import io.mooring.localcluster.process.SupervisedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A node with its disk, and with the agent on it, which is restarted in place when it crashes
 * alone.
 */
public final class Machine {

  private final Node node;
  private final NodeDisk disk;
  private final SupervisedProcess agent;
  private final Path log;

  public Machine(Node node, NodeDisk disk, ProcessSpec agent, Path log) {
    this.node = node;
    this.disk = disk;
    this.agent = new SupervisedProcess(agent.name(), () -> node.run(agent));
    this.log = log;
  }

  public Node node() {
    return node;
  }

  public SupervisedProcess agent() {
    return agent;
  }

  /** Returns when the file systems mounted on the node have written back what is in memory only. */
  public void writeBack() throws InterruptedException {
    List<String> command =
        List.of(
            "sh",
            "-c",
            "grep '^/dev/loop' /proc/self/mounts | cut -d' ' -f2 | xargs -r -n1 sync -f");
    node.run(new ProcessSpec("write-back", command, Map.of(), log)).await();
  }

  /** Powers the node on; its agent starts with it. No effect if it runs. */
  public void start() throws InterruptedException {
    if (node.isAlive()) {
      return;
    }
    node.start();
    disk.attach(node, log);
    agent.start();
  }

  /** The death of the node and everything on it. */
  public void kill() throws InterruptedException {
    agent.abandon();
    node.kill();
  }

  /** Ends the agent as its operator would, then powers the node off. */
  public void stop(Duration grace) throws InterruptedException {
    agent.stop(grace);
    node.kill();
  }

  /** Fills the node's disk. */
  public void fillDisk() throws InterruptedException {
    disk.fill(node, log);
  }

  /** Makes room on the node's disk again. */
  public void freeDisk() throws InterruptedException {
    disk.free(node, log);
  }
}
