package io.mooring.localcluster.node;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.orchestrator.PodIdentity;
import io.mooring.localcluster.orchestrator.PodRuntime;
import io.mooring.localcluster.orchestrator.PodTemplate;
import io.mooring.localcluster.process.LocalProcess;
import io.mooring.localcluster.process.ProcessSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs pods as processes in the namespaces of their nodes: the kubelets' hands. */
public final class NodePodRuntime implements PodRuntime {

  private static final Duration STOP_GRACE = Duration.ofSeconds(20);
  private static final Duration NODE_POLL = Duration.ofMillis(100);
  private static final int CONNECT_LIMIT_MS = 200;

  private final Function<String, Node> nodes;
  private final ClusterNetwork network;
  private final ClusterFiles files;

  public NodePodRuntime(Function<String, Node> nodes, ClusterNetwork network, ClusterFiles files) {
    this.nodes = nodes;
    this.network = network;
    this.files = files;
  }

  @Override
  public void assignAddress(String node, String address) throws InterruptedException {
    network.assignPodAddress(address, node);
  }

  @Override
  public RunningPod start(String node, PodIdentity pod, PodTemplate template, Path data) {
    Path configuration = files.nodeDirectory(node).resolve("pods").resolve(pod.name());
    ProcessSpec spec =
        new ProcessSpec(
            pod.name(),
            template.command(pod, configuration, data),
            Map.of(),
            files.log(pod.name()));
    LocalProcess process = nodes.apply(node).run(spec);
    return new PodProcess(process, process::kill);
  }

  /**
   * Starts a command in the namespaces of a node, beside its pods.
   *
   * @param output file that gets what it prints
   */
  public RunningPod execute(
      String node, List<String> command, Map<String, String> environment, Path output) {
    ProcessSpec spec = new ProcessSpec(output.toString(), command, environment, output);
    LocalProcess process = nodes.apply(node).run(spec);
    return new PodProcess(process, process::killAll);
  }

  @Override
  public void awaitNode(String node) throws InterruptedException {
    Node machine = nodes.apply(node);
    while (!machine.isAlive() || machine.isPaused()) {
      Thread.sleep(NODE_POLL);
    }
  }

  @Override
  public boolean isReady(PodIdentity pod, PodTemplate template) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(template.address(pod), template.readyPort()), CONNECT_LIMIT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A process of a pod.
   *
   * @param killing ends it at once; a command with all that it has started
   */
  private record PodProcess(LocalProcess process, Runnable killing) implements RunningPod {

    @Override
    public boolean isAlive() {
      return process.isAlive();
    }

    @Override
    public int await() throws InterruptedException {
      return process.await();
    }

    @Override
    public void stop() throws InterruptedException {
      process.stop(STOP_GRACE);
    }

    @Override
    public void kill() {
      killing.run();
    }
  }
}
