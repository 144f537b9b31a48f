package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.Record;
import org.jboss.logging.Logger;

/** Writes dead letters outside of a transaction, for the topics that are read without one. */
public final class DeadLetterSender
    implements Consumer<Record<String, SpecificRecord>>, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(DeadLetterSender.class);

  private final Producer<String, DeadLetter> producer;

  public DeadLetterSender(Map<String, Object> kafka, ControlSerdes serdes) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "volume-manager-dead-letters");
    this.producer =
        new KafkaProducer<>(
            config,
            new StringSerializer(),
            serdes.warmSerializer(ControlTopic.DEAD_LETTERS, DeadLetter.class));
  }

  @Override
  public void accept(Record<String, SpecificRecord> letter) {
    producer.send(
        new ProducerRecord<>(
            ControlTopic.DEAD_LETTERS.topicName(),
            null,
            letter.key(),
            (DeadLetter) letter.value(),
            letter.headers()),
        (_, failure) -> {
          if (failure != null) {
            LOG.errorf(failure, "A dead letter could not be written: topic=%s", letter.key());
          }
        });
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
