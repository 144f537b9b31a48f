package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.kubernetes.Population.Scaled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Stops what runs in namespaces: first all but quorums, and these once no other pod is left that
 * was stopped. A broker that shuts down asks the controllers to move its leaders, and would wait
 * for them in vain.
 */
final class StopSequence implements AutoCloseable {

  /** Annotation by which anything else can be stopped last. */
  static final String LAST = "mooring.io/stop-last";

  private static final Logger LOG = Logger.getLogger(StopSequence.class);
  private static final Set<String> QUORUM = Set.of("controller", "zookeeper", "kraft-controller");

  private final ApiServer server;
  private final CustomKinds kinds;
  private final ObjectWriter writer;
  private final Duration patience;
  private final Duration pause;
  private final Map<String, Thread> waiting = new ConcurrentHashMap<>();

  /**
   * @param patience how long a quorum waits for the others
   * @param pause between two looks at pods
   */
  StopSequence(ApiServer server, CustomKinds kinds, Duration patience, Duration pause) {
    this.server = server;
    this.kinds = kinds;
    this.writer = new ObjectWriter(server);
    this.patience = patience;
    this.pause = pause;
  }

  /** Stops all but quorums now, and these later, as long as nobody starts anything. */
  void stop(String namespace) throws IOException {
    forget(namespace);
    Population before = Population.read(server, kinds, namespace);
    List<Scaled> last = new ArrayList<>();
    for (Scaled one : before.scaled()) {
      if (isQuorum(one.object())) {
        last.add(one);
      } else {
        stop(namespace, one);
      }
    }
    deletePodSets(namespace, before, false);
    if (!last.isEmpty() || before.podSets().stream().anyMatch(StopSequence::isQuorum)) {
      if (!stopQuorum(namespace)) {
        waiting.put(
            namespace, Thread.ofVirtual().name("stop " + namespace).start(() -> wait(namespace)));
      }
    }
  }

  /** Somebody starts the applications again. */
  void forget(String namespace) {
    Optional.ofNullable(waiting.remove(namespace)).ifPresent(Thread::interrupt);
  }

  private void wait(String namespace) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (System.nanoTime() - deadline < 0) {
        Thread.sleep(pause);
        try {
          if (stopQuorum(namespace)) {
            return;
          }
        } catch (IOException e) {
          LOG.warnf("A quorum is stopped later; namespace=%s cause=%s", namespace, e.getMessage());
        }
      }
      LOG.warnf("A quorum runs on: pods that need it do not end; namespace=%s", namespace);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops quorums, if no pod is left that needs them.
   *
   * @return whether there is nothing left to do
   */
  private boolean stopQuorum(String namespace) throws IOException {
    Population now = Population.read(server, kinds, namespace);
    List<Scaled> quorums = now.scaled().stream().filter(one -> isQuorum(one.object())).toList();
    boolean started =
        now.scaled().stream()
            .filter(one -> !isQuorum(one.object()))
            .anyMatch(one -> !one.workload().isStopped(one.object()));
    if (started) {
      // Somebody starts it again, and the quorum is the first that he needs.
      return true;
    }
    for (JsonNode pod : now.pods()) {
      boolean ofQuorum =
          isQuorum(pod) || quorums.stream().anyMatch(quorum -> now.isOf(pod, quorum));
      if (!ofQuorum && !Fields.controller(pod).isMissingNode()) {
        return false;
      }
    }
    for (Scaled quorum : quorums) {
      stop(namespace, quorum);
    }
    deletePodSets(namespace, now, true);
    return true;
  }

  private void stop(String namespace, Scaled one) throws IOException {
    writer.change(
        one.kind(),
        namespace,
        Fields.name(one.object()),
        here -> one.workload().stop(here) ? Optional.of(here) : Optional.empty());
  }

  /** Of resources that are paused: their operator does not make them again. */
  private void deletePodSets(String namespace, Population population, boolean quorums)
      throws IOException {
    for (ObjectNode set : population.podSets()) {
      if (isQuorum(set) == quorums && population.podSetKind().isPresent()) {
        server.delete(population.podSetKind().get().path(namespace, Fields.name(set)));
      }
    }
  }

  /** Controllers of Kafka that are no brokers, and what somebody marked. */
  static boolean isQuorum(JsonNode object) {
    if (Fields.kind(object).equals("StrimziPodSet")) {
      return isQuorum(object.path("spec").path("pods").path(0));
    }
    JsonNode template = object.path("spec").path("template");
    return "true".equals(Fields.annotation(object, LAST))
        || hasQuorumLabel(object)
        || hasQuorumLabel(template);
  }

  private static boolean hasQuorumLabel(JsonNode object) {
    return QUORUM.contains(Fields.label(object, "app.kubernetes.io/component"))
        || (Fields.label(object, "strimzi.io/controller-role").equals("true")
            && !Fields.label(object, "strimzi.io/broker-role").equals("true"))
        || Fields.label(object, "strimzi.io/name").endsWith("-zookeeper");
  }

  @Override
  public void close() {
    waiting.values().forEach(Thread::interrupt);
  }
}
