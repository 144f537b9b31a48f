package io.mooring.migrator.control;

import io.mooring.migrator.decision.Decision;
import io.mooring.migrator.decision.MigrationMachine;
import io.mooring.migrator.decision.Order;
import io.mooring.schemas.CancelMigration;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetters;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.StartMigration;
import io.mooring.schemas.TransferReport;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What follows from one record of the inputs: decoded, decided, and said as records again. */
final class Decider {

  /** A record to be written. */
  record Output(ControlTopic topic, String key, @Nullable SpecificRecord value) {}

  private final PatientReader<MigrationCommand> commands;
  private final PatientReader<TransferReport> reports;
  private final DeadLetters deadLetters = new DeadLetters("migrator");
  private final InstantSource clock;

  Decider(ControlSerdes serdes, InstantSource clock) {
    this.commands =
        new PatientReader<>(serdes, ControlTopic.MIGRATION_COMMANDS, MigrationCommand.class);
    this.reports =
        new PatientReader<>(serdes, ControlTopic.MIGRATION_REPORTS, TransferReport.class);
    this.clock = clock;
  }

  /**
   * @param states all migrations as they were committed last
   */
  List<Output> decide(ConsumerRecord<String, byte[]> record, Map<String, MigrationState> states) {
    return record.topic().equals(ControlTopic.MIGRATION_COMMANDS.topicName())
        ? command(record, states)
        : report(record, states);
  }

  private List<Output> command(
      ConsumerRecord<String, byte[]> record, Map<String, MigrationState> states) {
    return switch (commands.read(record.headers(), record.value())) {
      case Decoded.Value<MigrationCommand>(MigrationCommand command) -> {
        String correlation =
            EventHeaders.readIfValid(record.headers())
                .map(EventHeaders::correlationId)
                .orElseGet(UUID::randomUUID)
                .toString();
        yield outputs(decide(command, states, correlation));
      }
      case Decoded.Tombstone<MigrationCommand> _ -> List.of();
      case Decoded.Poison<MigrationCommand> poison -> List.of(dead(record, poison));
    };
  }

  private Decision decide(
      MigrationCommand command, Map<String, MigrationState> states, String correlation) {
    Instant now = clock.instant();
    return switch (command.getDetail()) {
      case StartMigration start ->
          MigrationMachine.start(command, start, states.values(), correlation, now);
      case CancelMigration cancel ->
          Optional.ofNullable(states.get(command.getName()))
              .map(state ->
                  cancel.getPurge()
                      ? MigrationMachine.purge(state, now)
                      : MigrationMachine.cancel(state, command.getRequestedBy(), now))
              .orElse(Decision.NOTHING);
      default -> Decision.NOTHING;
    };
  }

  private List<Output> report(
      ConsumerRecord<String, byte[]> record, Map<String, MigrationState> states) {
    return switch (reports.read(record.headers(), record.value())) {
      case Decoded.Value<TransferReport>(TransferReport report) ->
          Optional.ofNullable(states.get(report.getMigration()))
              .map(state -> MigrationMachine.report(state, report, clock.instant()))
              .map(Decider::outputs)
              .orElse(List.of());
      case Decoded.Tombstone<TransferReport> _ -> List.of();
      case Decoded.Poison<TransferReport> poison -> List.of(dead(record, poison));
    };
  }

  private static List<Output> outputs(Decision decision) {
    List<Output> outputs = new ArrayList<>();
    decision
        .next()
        .ifPresent(
            state -> outputs.add(new Output(ControlTopic.MIGRATIONS, state.getName(), state)));
    for (Order order : decision.orders()) {
      outputs.add(
          switch (order) {
            case Order.Assign(var task) ->
                new Output(ControlTopic.MIGRATION_TASKS, task.getTaskId(), task);
            case Order.Forget(String name) -> new Output(ControlTopic.MIGRATIONS, name, null);
            case Order.Withdraw(String id) -> new Output(ControlTopic.MIGRATION_TASKS, id, null);
          });
    }
    decision
        .events()
        .forEach(event ->
            outputs.add(new Output(ControlTopic.MIGRATION_EVENTS, event.getName(), event)));
    return outputs;
  }

  private Output dead(ConsumerRecord<String, byte[]> record, Decoded.Poison<?> poison) {
    return new Output(
        ControlTopic.DEAD_LETTERS,
        record.topic(),
        deadLetters.of(
            new DeadLetters.Origin(record.topic(), record.partition(), record.offset()),
            record.key() == null
                ? null
                : record.key().getBytes(java.nio.charset.StandardCharsets.UTF_8),
            record.value(),
            poison,
            clock.instant()));
  }
}
