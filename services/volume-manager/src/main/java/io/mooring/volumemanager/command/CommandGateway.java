package io.mooring.volumemanager.command;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeEvent;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
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
import org.jspecify.annotations.Nullable;

/**
 * Writes a command and waits for the event that answers it, whichever instance decides. Callers
 * block, on virtual threads.
 */
public final class CommandGateway implements AutoCloseable {

  private final Producer<String, VolumeCommand> producer;
  private final AnswerListener answers;
  private final String source;
  private final MeterRegistry meters;

  private CommandGateway(
      Producer<String, VolumeCommand> producer,
      AnswerListener answers,
      String source,
      MeterRegistry meters) {
    this.producer = producer;
    this.answers = answers;
    this.source = source;
    this.meters = meters;
  }

  /**
   * Connects; returns when no answer to a later command can be missed.
   *
   * @param kafka configuration of Kafka clients
   * @param source CloudEvents source of the commands
   */
  public static CommandGateway start(
      Map<String, Object> kafka, ControlSerdes serdes, String source, MeterRegistry meters) {
    AnswerListener answers = AnswerListener.start(kafka, serdes);
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "volume-manager-commands");
    Producer<String, VolumeCommand> producer =
        new KafkaProducer<>(
            config,
            new StringSerializer(),
            serdes.warmSerializer(ControlTopic.VOLUME_COMMANDS, VolumeCommand.class));
    return new CommandGateway(producer, answers, source, meters);
  }

  /** Sends a command that nobody will repeat under the same key. */
  public CommandOutcome send(
      VolumeId volume, SpecificRecord detail, String requestedBy, Duration patience) {
    return send(volume, detail, requestedBy, patience, null);
  }

  /**
   * Sends a command and waits for its answer.
   *
   * @param idempotencyKey key under which a repeat is recognised, null for a new one
   */
  public CommandOutcome send(
      VolumeId volume,
      SpecificRecord detail,
      String requestedBy,
      Duration patience,
      @Nullable String idempotencyKey) {
    VolumeCommand command =
        VolumeCommand.newBuilder()
            .setVolumeId(volume.value())
            .setIdempotencyKey(
                idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey)
            .setExpiresAt(Instant.now().plus(patience))
            .setRequestedBy(requestedBy)
            .setDetail(detail)
            .build();
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(command), source, volume.value());
    Timer.Sample sample = Timer.start(meters);
    CommandOutcome outcome = send(command, headers, patience);
    sample.stop(
        meters.timer(
            "mooring.command.latency",
            "command",
            detail.getSchema().getName(),
            "outcome",
            outcome.getClass().getSimpleName()));
    return outcome;
  }

  private CommandOutcome send(VolumeCommand command, EventHeaders headers, Duration patience) {
    var record =
        new ProducerRecord<>(
            ControlTopic.VOLUME_COMMANDS.topicName(), command.getVolumeId(), command);
    headers.writeTo(record.headers());
    CompletableFuture<VolumeEvent> answer = answers.expect(headers.id());
    try {
      producer.send(
          record,
          (_, failure) -> {
            if (failure != null) {
              answer.completeExceptionally(failure);
            }
          });
      return outcome(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS), headers);
    } catch (TimeoutException _) {
      return unknown(command, headers, "no answer came within " + patience.toMillis() + " ms");
    } catch (ExecutionException e) {
      return unknown(command, headers, "the control Kafka failed: " + e.getCause().getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return unknown(command, headers, "this instance is stopping");
    } finally {
      answers.forget(headers.id());
    }
  }

  private static CommandOutcome outcome(VolumeEvent event, EventHeaders headers) {
    return event.getDetail() instanceof CommandRejected rejected
        ? new CommandOutcome.Rejected(
            new Rejection(
                rejected.getCode(), rejected.getWhat(), rejected.getWhy(), rejected.getFix()),
            headers.correlationId())
        : new CommandOutcome.Done(
            (SpecificRecord) event.getDetail(), event.getEpoch(), headers.correlationId());
  }

  private static CommandOutcome unknown(
      VolumeCommand command, EventHeaders headers, String reason) {
    return new CommandOutcome.Unknown(
        new Rejection(
            "VOL-092",
            "What became of %s for volume %s is not known."
                .formatted(
                    ((SpecificRecord) command.getDetail()).getSchema().getName(),
                    command.getVolumeId()),
            "It was sent, but " + reason + ".",
            "Repeat it; under idempotency key '%s' it is done at most once."
                .formatted(command.getIdempotencyKey())),
        headers.correlationId());
  }

  @Override
  public void close() {
    answers.close();
    producer.close(Duration.ofSeconds(1));
  }
}
