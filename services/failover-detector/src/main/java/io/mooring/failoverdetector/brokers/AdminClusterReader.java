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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/** Reads a cluster through Kafka's admin client. */
final class AdminClusterReader implements AutoCloseable {

  /** A dead broker may be the one that is asked: give up on it quickly and ask another. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

  private static final Duration RECONNECT_BACKOFF_MAX = Duration.ofMillis(500);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  /** How long a reading waits for answers; later ones count in the next. */
  private static final Duration ANSWER_PATIENCE = Duration.ofMillis(200);

  /** A broker as it is when it is asked. */
  private record Listener(Endpoint endpoint, Incarnation incarnation) {}

  private final Admin admin;
  private final Tethers tethers;
  private final Map<Integer, Listener> answered = new HashMap<>();
  private final Map<Listener, KafkaFuture<?>> asked = new HashMap<>();
  private final SilentBrokers silent;
  private final Duration answerLimit;
  private boolean stale;

  AdminClusterReader(
      String bootstrapServers, Duration requestTimeout, Tethers tethers, SilentBrokers silent) {
    this.tethers = tethers;
    this.silent = silent;
    this.answerLimit = requestTimeout.multipliedBy(3);
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

  /**
   * Reads the cluster once.
   *
   * @throws TimeoutException if the client keeps a request longer than it may: it is of no use any
   *     more
   */
  ClusterReading read() throws ExecutionException, InterruptedException, TimeoutException {
    Set<String> topics =
        answer(admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
    List<Partition> partitions = new ArrayList<>();
    answer(admin.describeTopics(topics).allTopicNames())
        .values()
        .forEach(topic -> addPartitions(topic, partitions));
    Map<Integer, Endpoint> brokers = new HashMap<>();
    answer(admin.describeCluster().nodes()).forEach(node -> brokers.put(node.id(), endpoint(node)));
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
    Set<Integer> overdue = silent.saw(listed, answering, System.nanoTime());
    overdue.forEach(tethers::letGo);
    stale = !overdue.isEmpty();
    return new ClusterReading(partitions, brokers, answering, incarnations);
  }

  /**
   * Whether another reader may see more than this one: brokers stay silent, and what this one
   * remembers of them and of its connections could be the reason.
   */
  boolean isStale() {
    return stale;
  }

  /** The client has limits of its own; this one is for the case that they do not hold. */
  private <T> T answer(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(answerLimit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Set<Integer> answering(
      Map<Integer, Endpoint> brokers, Map<Integer, Incarnation> incarnations)
      throws InterruptedException {
    Map<Integer, Listener> listeners = new HashMap<>();
    incarnations.forEach((broker, incarnation) ->
        listeners.put(broker, new Listener(brokers.get(broker), incarnation)));
    answered.entrySet().retainAll(listeners.entrySet());
    asked.keySet().retainAll(listeners.values());
    long endNanos = System.nanoTime() + ANSWER_PATIENCE.toNanos();
    for (var entry : listeners.entrySet()) {
      int broker = entry.getKey();
      Listener listener = entry.getValue();
      if (!answered.containsKey(broker)
          && hasAnswered(listener, asked.computeIfAbsent(listener, _ -> ask(broker)), endNanos)) {
        answered.put(broker, listener);
      }
    }
    return answered.keySet();
  }

  private boolean hasAnswered(Listener listener, KafkaFuture<?> answer, long endNanos)
      throws InterruptedException {
    try {
      answer.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      asked.remove(listener);
      return true;
    } catch (TimeoutException _) {
      return false; // the others do not wait for it
    } catch (ExecutionException _) {
      asked.remove(listener); // asked again with the next reading
      return false;
    }
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
   * It must be allowed to take longer than the client's request timeout: that is how long the
   * client waits for a connection to become ready before it makes another one. A broker's node may
   * die after it accepted the connection and before it said a word, and a request that is given up
   * earlier leaves the next one to the same dead connection, for ever.
   */
  private KafkaFuture<?> ask(int broker) {
    return admin
        .describeConfigs(
            List.of(new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(broker))))
        .all();
  }

  @Override
  public void close() {
    admin.close(CLOSE_LIMIT);
  }
}
