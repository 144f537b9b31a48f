package io.mooring.failoverdetector.brokers;

import io.mooring.failoverdetector.brokers.ClusterReading.Endpoint;
import io.mooring.failoverdetector.brokers.ClusterReading.Incarnation;
import io.mooring.failoverdetector.brokers.ClusterReading.Partition;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/** Reads a cluster through Kafka's admin client. */
final class AdminClusterReader implements AutoCloseable {

  /** A dead broker may be the one that is asked: give up on it quickly and ask another. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

  private static final Duration RECONNECT_BACKOFF_MAX = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  /** A broker that does not answer in time is asked again; the others must not wait for it. */
  private static final int ANSWER_LIMIT_MS = 1_000;

  /** A broker as it was when it answered. */
  private record Listener(Endpoint endpoint, Incarnation incarnation) {}

  private final Admin admin;
  private final Tethers tethers;
  private final Map<Integer, Listener> answered = new HashMap<>();
  private final SilentBrokers silent;

  AdminClusterReader(String bootstrapServers, Duration requestTimeout, Tethers tethers) {
    this.tethers = tethers;
    this.silent = new SilentBrokers(bootstrapServers);
    int timeoutMs = Math.toIntExact(requestTimeout.toMillis());
    admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.CLIENT_ID_CONFIG,
                "mooring-failover-detector",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                timeoutMs,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                2 * timeoutMs,
                AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
                CONNECT_LIMIT.toMillis(),
                AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG,
                CONNECT_LIMIT.toMillis(),
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                RECONNECT_BACKOFF_MAX.toMillis()));
  }

  ClusterReading read() throws ExecutionException, InterruptedException {
    Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    List<Partition> partitions = new ArrayList<>();
    for (var description : admin.describeTopics(topics).topicNameValues().values()) {
      addPartitions(description.get(), partitions);
    }
    Map<Integer, Endpoint> brokers = new HashMap<>();
    admin.describeCluster().nodes().get().forEach(node -> brokers.put(node.id(), endpoint(node)));
    Map<Integer, Incarnation> incarnations = new HashMap<>();
    Map<Integer, Boolean> listed = new HashMap<>();
    tethers
        .hold(brokers)
        .forEach((broker, run) -> {
          listed.put(broker, run.ended());
          if (run.ended()) {
            brokers.remove(broker); // Kafka will notice when its session is over
          } else {
            incarnations.put(broker, run.incarnation());
          }
        });
    Set<Integer> answering = answering(brokers, incarnations);
    silent.saw(listed, answering, System.nanoTime());
    return new ClusterReading(partitions, brokers, answering, incarnations);
  }

  private Set<Integer> answering(
      Map<Integer, Endpoint> brokers, Map<Integer, Incarnation> incarnations)
      throws InterruptedException {
    Map<Integer, Listener> listeners = new HashMap<>();
    incarnations.forEach((broker, incarnation) ->
        listeners.put(broker, new Listener(brokers.get(broker), incarnation)));
    answered.entrySet().retainAll(listeners.entrySet());
    for (var listener : listeners.entrySet()) {
      if (!answered.containsKey(listener.getKey()) && answers(listener.getKey())) {
        answered.put(listener.getKey(), listener.getValue());
      }
    }
    return answered.keySet();
  }

  private static void addPartitions(TopicDescription topic, List<Partition> partitions) {
    for (TopicPartitionInfo info : topic.partitions()) {
      Node leader = info.leader();
      partitions.add(
          new Partition(
              topic.name() + "-" + info.partition(),
              leader == null || leader.isEmpty() ? Partition.NO_LEADER : leader.id(),
              ids(info.replicas()),
              ids(info.isr())));
    }
  }

  private static Set<Integer> ids(List<Node> nodes) {
    Set<Integer> ids = new HashSet<>();
    nodes.forEach(node -> ids.add(node.id()));
    return ids;
  }

  private static Endpoint endpoint(Node node) {
    String address;
    try {
      address = InetAddress.getByName(node.host()).getHostAddress();
    } catch (UnknownHostException _) {
      address = node.host();
    }
    return new Endpoint(node.host(), node.port(), address);
  }

  /**
   * A broker's own configuration is only known to itself, so this request reaches that very broker.
   */
  private boolean answers(int broker) throws InterruptedException {
    ConfigResource resource =
        new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(broker));
    try {
      admin
          .describeConfigs(
              List.of(resource), new DescribeConfigsOptions().timeoutMs(ANSWER_LIMIT_MS))
          .all()
          .get();
      return true;
    } catch (ExecutionException _) {
      return false; // asked again with the next reading
    }
  }

  @Override
  public void close() {
    admin.close(CLOSE_LIMIT);
  }
}
