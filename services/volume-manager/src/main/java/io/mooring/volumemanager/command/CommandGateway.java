package io.mooring.volumemanager.command;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.mooring.schemas.CommandAccepted;
import io.mooring.schemas.CommandRejected;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.RestoreVolume;
import io.mooring.schemas.VolumeCommand;
import io.mooring.schemas.VolumeCreated;
import io.mooring.schemas.VolumeDetached;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeExpanded;
import io.mooring.schemas.VolumePublished;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes a command about a volume and waits for the event that answers it, whichever instance
 * decides. Callers block, on virtual threads.
 */
public final class CommandGateway implements AutoCloseable {

  private final AnswerListener<VolumeEvent> answers;
  private final Dialogue<VolumeCommand, VolumeEvent> commands;
  private final Dialogue<VolumeTaskRecord, VolumeEvent> tasks;
  private final String source;
  private final MeterRegistry meters;

  private CommandGateway(
      AnswerListener<VolumeEvent> answers,
      Dialogue<VolumeCommand, VolumeEvent> commands,
      Dialogue<VolumeTaskRecord, VolumeEvent> tasks,
      String source,
      MeterRegistry meters) {
    this.answers = answers;
    this.commands = commands;
    this.tasks = tasks;
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
    AnswerListener<VolumeEvent> answers =
        AnswerListener.start(
            kafka,
            serdes,
            ControlTopic.VOLUME_EVENTS,
            VolumeEvent.class,
            event -> isAnswer(event.getDetail()));
    return new CommandGateway(
        answers,
        new Dialogue<>(kafka, serdes, ControlTopic.VOLUME_COMMANDS, VolumeCommand.class, answers),
        new Dialogue<>(kafka, serdes, ControlTopic.VOLUME_TASKS, VolumeTaskRecord.class, answers),
        source,
        meters);
  }

  private static boolean isAnswer(Object detail) {
    return switch (detail) {
      case CommandAccepted _,
          CommandRejected _,
          VolumeCreated _,
          VolumePublished _,
          VolumeDetached _,
          VolumeExpanded _ ->
          true;
      default -> false;
    };
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
            .setIdempotencyKey(keyOr(idempotencyKey))
            .setExpiresAt(Instant.now().plus(patience))
            .setRequestedBy(requestedBy)
            .setDetail(detail)
            .build();
    Question question = new Question(volume, detail, command.getIdempotencyKey());
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(command), source, volume.value());
    return timed(
        question,
        () -> {
          try {
            return outcome(commands.ask(volume.value(), command, headers, patience), headers);
          } catch (Dialogue.UnansweredException e) {
            return unknown(question, headers, e.reason());
          }
        });
  }

  /** Asks for a restore and waits until it is accepted or refused; then it is under way. */
  public CommandOutcome restore(
      VolumeId volume,
      RestoreVolume restore,
      String requestedBy,
      Duration patience,
      @Nullable String idempotencyKey) {
    VolumeTaskRecord record =
        VolumeTaskRecord.newBuilder()
            .setVolumeId(volume.value())
            .setIdempotencyKey(keyOr(idempotencyKey))
            .setExpiresAt(Instant.now().plus(patience))
            .setSender(requestedBy)
            .setDetail(restore)
            .build();
    Question question = new Question(volume, restore, record.getIdempotencyKey());
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(record), source, volume.value());
    return timed(
        question,
        () -> {
          try {
            return outcome(tasks.ask(volume.value(), record, headers, patience), headers);
          } catch (Dialogue.UnansweredException e) {
            return unknown(question, headers, e.reason());
          }
        });
  }

  private record Question(VolumeId volume, SpecificRecord detail, String key) {

    String name() {
      return detail.getSchema().getName();
    }
  }

  private CommandOutcome timed(Question question, Supplier<CommandOutcome> asking) {
    Timer.Sample sample = Timer.start(meters);
    CommandOutcome outcome = asking.get();
    sample.stop(
        meters.timer(
            "mooring.command.latency",
            "command",
            question.name(),
            "outcome",
            outcome.getClass().getSimpleName()));
    return outcome;
  }

  private static String keyOr(@Nullable String idempotencyKey) {
    return idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
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

  private static CommandOutcome unknown(Question question, EventHeaders headers, String reason) {
    return new CommandOutcome.Unknown(
        new Rejection(
            "VOL-092",
            "What became of %s for volume %s is not known."
                .formatted(question.name(), question.volume()),
            "It was sent, but " + reason + ".",
            "Repeat it; under idempotency key '%s' it is done at most once."
                .formatted(question.key())),
        headers.correlationId());
  }

  @Override
  public void close() {
    answers.close();
    commands.close();
    tasks.close();
  }
}
