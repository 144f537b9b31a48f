package io.mooring.localcluster.orchestrator;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Nodes whose processes are no more than a latch. */
public final class FakeRuntime implements PodRuntime {

  public final List<String> starts = new CopyOnWriteArrayList<>();
  public final Map<String, FakePod> running = new ConcurrentHashMap<>();
  public final Map<String, String> nodeOfAddress = new ConcurrentHashMap<>();
  volatile boolean becomeReady = true;
  volatile boolean hangOnStop;

  @Override
  public void assignAddress(String node, String address) {
    nodeOfAddress.put(address, node);
  }

  @Override
  public RunningPod start(String node, PodIdentity pod, PodTemplate template, Path data) {
    starts.add(pod + "@" + node);
    FakePod process = new FakePod();
    running.put(pod.name(), process);
    return process;
  }

  @Override
  public void awaitNode(String node) {
    // Its nodes are always there.
  }

  @Override
  public boolean isReady(PodIdentity pod, PodTemplate template) {
    return becomeReady;
  }

  final class FakePod implements RunningPod {

    private final CountDownLatch ended = new CountDownLatch(1);

    void crash() {
      ended.countDown();
    }

    @Override
    public boolean isAlive() {
      return ended.getCount() > 0;
    }

    @Override
    public int await() throws InterruptedException {
      ended.await();
      return 1;
    }

    @Override
    public void stop() throws InterruptedException {
      if (hangOnStop) {
        ended.await();
      }
      ended.countDown();
    }

    @Override
    public void kill() {
      ended.countDown();
    }
  }
}
