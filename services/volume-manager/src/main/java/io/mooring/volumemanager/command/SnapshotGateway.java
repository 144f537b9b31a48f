package io.mooring.volumemanager.command;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.SnapshotCommand;
import io.mooring.schemas.SnapshotCommandAccepted;
import io.mooring.schemas.SnapshotCommandRejected;
import io.mooring.schemas.SnapshotEvent;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Rejection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** Writes a command about a snapshot set and waits until it is accepted or refused. */
public final class SnapshotGateway implements AutoCloseable {

  private final AnswerListener<SnapshotEvent> answers;
  private final Dialogue<SnapshotCommand, SnapshotEvent> commands;
  private final String source;

  private SnapshotGateway(
      AnswerListener<SnapshotEvent> answers,
      Dialogue<SnapshotCommand, SnapshotEvent> commands,
      String source) {
    this.answers = answers;
    this.commands = commands;
    this.source = source;
  }

  /**
   * Connects; returns when no answer to a later command can be missed.
   *
   * @param kafka configuration of Kafka clients
   * @param source CloudEvents source of the commands
   */
  public static SnapshotGateway start(
      Map<String, Object> kafka, ControlSerdes serdes, String source) {
    AnswerListener<SnapshotEvent> answers =
        AnswerListener.start(
            kafka,
            serdes,
            ControlTopic.SNAPSHOT_EVENTS,
            SnapshotEvent.class,
            event ->
                event.getDetail() instanceof SnapshotCommandAccepted
                    || event.getDetail() instanceof SnapshotCommandRejected);
    return new SnapshotGateway(
        answers,
        new Dialogue<>(
            kafka, serdes, ControlTopic.SNAPSHOT_COMMANDS, SnapshotCommand.class, answers),
        source);
  }

  /** Sends a command and waits for its answer; what an accepted one leads to follows. */
  public CommandOutcome send(
      SnapshotSetId set,
      SpecificRecord detail,
      String requestedBy,
      Duration patience,
      String idempotencyKey) {
    SnapshotCommand command =
        SnapshotCommand.newBuilder()
            .setSetId(set.value())
            .setIdempotencyKey(idempotencyKey)
            .setExpiresAt(Instant.now().plus(patience))
            .setRequestedBy(requestedBy)
            .setDetail(detail)
            .build();
    EventHeaders headers = EventHeaders.root(EventHeaders.typeOf(command), source, set.value());
    try {
      SnapshotEvent answer = commands.ask(set.value(), command, headers, patience);
      return answer.getDetail() instanceof SnapshotCommandRejected rejected
          ? new CommandOutcome.Rejected(
              new Rejection(
                  rejected.getCode(), rejected.getWhat(), rejected.getWhy(), rejected.getFix()),
              headers.correlationId())
          : new CommandOutcome.Done(
              (SpecificRecord) answer.getDetail(), 0, headers.correlationId());
    } catch (Dialogue.UnansweredException e) {
      return new CommandOutcome.Unknown(
          new Rejection(
              "SNP-092",
              "What became of %s for set %s is not known."
                  .formatted(detail.getSchema().getName(), set),
              "It was sent, but " + e.reason() + ".",
              "Look at GET /snapshots/%s, or repeat it under idempotency key '%s'."
                  .formatted(set, idempotencyKey)),
          headers.correlationId());
    }
  }

  @Override
  public void close() {
    answers.close();
    commands.close();
  }
}
