package io.mooring.volumemanager.command;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes commands of one topic and waits for the event that answers each. */
final class Dialogue<C extends SpecificRecord, E extends SpecificRecord> implements AutoCloseable {

  /** No answer came; the command may have been carried out all the same. */
  static final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1L;

    UnansweredException(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  private final ControlTopic topic;
  private final Producer<String, C> producer;
  private final AnswerListener<E> answers;

  Dialogue(
      Map<String, Object> kafka,
      ControlSerdes serdes,
      ControlTopic topic,
      Class<C> type,
      AnswerListener<E> answers) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "volume-manager-" + topic.topicName());
    this.topic = topic;
    this.answers = answers;
    this.producer =
        new KafkaProducer<>(config, new StringSerializer(), serdes.warmSerializer(topic, type));
  }

  /**
   * Sends a command and blocks until it is answered.
   *
   * @throws UnansweredException if no answer came in time
   */
  E ask(String key, C command, EventHeaders headers, Duration patience) throws UnansweredException {
    ProducerRecord<String, C> record = new ProducerRecord<>(topic.topicName(), key, command);
    headers.writeTo(record.headers());
    CompletableFuture<E> answer = answers.expect(headers.id());
    try {
      producer.send(
          record,
          (_, failure) -> {
            if (failure != null) {
              answer.completeExceptionally(failure);
            }
          });
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      throw new UnansweredException("no answer came within " + patience.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new UnansweredException("the control Kafka failed: " + e.getCause().getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new UnansweredException("this instance is stopping");
    } finally {
      answers.forget(headers.id());
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
