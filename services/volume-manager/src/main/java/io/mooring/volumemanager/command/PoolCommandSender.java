package io.mooring.volumemanager.command;

import io.mooring.schemas.ControlRebalance;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.RebalanceControl;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes commands about pools; what they lead to is seen in rebalances and expansions. */
public final class PoolCommandSender implements AutoCloseable {

  /** All pools are decided on together. */
  private static final String CLUSTER = "cluster";

  /** In the place of a rebalance: no rebalance has this id, so who knows no expansions refuses. */
  private static final String EXPANSION = "expansion";

  /** Whether the command was written is not known; sending it again under its key is harmless. */
  public static final class UnwrittenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnwrittenException(Throwable cause) {
      super("a command about pools could not be written: " + cause.getMessage(), cause);
    }
  }

  private final Producer<String, PoolCommand> producer;
  private final String source;

  private PoolCommandSender(Producer<String, PoolCommand> producer, String source) {
    this.producer = producer;
    this.source = source;
  }

  /**
   * Connects.
   *
   * @param kafka configuration of Kafka clients
   * @param source CloudEvents source of the commands
   */
  public static PoolCommandSender start(
      Map<String, Object> kafka, ControlSerdes serdes, String source) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "volume-manager-pool-commands");
    return new PoolCommandSender(
        new KafkaProducer<>(
            config,
            new StringSerializer(),
            serdes.warmSerializer(ControlTopic.POOL_COMMANDS, PoolCommand.class)),
        source);
  }

  /**
   * Returns when the command is written.
   *
   * @return id of its record
   * @throws UnwrittenException if that is not known within the time
   */
  public UUID send(SpecificRecord detail, String requestedBy, String key, Duration patience) {
    return send(command(requestedBy, key, patience).setDetail(detail).build(), patience);
  }

  /**
   * Asks for the growth of a drive. Returns when the command is written.
   *
   * @return id of its record
   * @throws UnwrittenException if that is not known within the time
   */
  public UUID expand(ExpandPool wanted, String requestedBy, String key, Duration patience) {
    return send(
        command(requestedBy, key, patience)
            .setDetail(new ControlRebalance(EXPANSION, RebalanceControl.PAUSE))
            .setExpand(wanted)
            .build(),
        patience);
  }

  private static PoolCommand.Builder command(String requestedBy, String key, Duration patience) {
    return PoolCommand.newBuilder()
        .setSubject(CLUSTER)
        .setIdempotencyKey(key)
        .setExpiresAt(Instant.now().plus(patience))
        .setRequestedBy(requestedBy);
  }

  private UUID send(PoolCommand command, Duration patience) {
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(command), source, CLUSTER);
    ProducerRecord<String, PoolCommand> record =
        new ProducerRecord<>(ControlTopic.POOL_COMMANDS.topicName(), CLUSTER, command);
    headers.writeTo(record.headers());
    try {
      producer.send(record).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return headers.id();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw new UnwrittenException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnwrittenException(e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
