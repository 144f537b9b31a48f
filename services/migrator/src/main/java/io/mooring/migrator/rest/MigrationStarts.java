package io.mooring.migrator.rest;

import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.decision.MigrationMachine;
import io.mooring.migrator.work.BackupNames;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.PairMode;
import io.mooring.schemas.StartMigration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Begins backups, restores and migrations, and waits until that was decided. */
@ApplicationScoped
public class MigrationStarts {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration COMMAND_LIFETIME = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Who asks, and the same request has the same key. */
  record Asked(@Nullable String key, String by) {}

  private final StateView view;
  private final Letters letters;

  MigrationStarts(StateView view, Letters letters) {
    this.view = view;
    this.letters = letters;
  }

  MigrationView begin(String name, MigrationKind kind, MigrationSpec spec, Asked asked)
      throws InterruptedException {
    if (!BackupNames.isFit(name)) {
      throw Problem.unfitName(name);
    }
    StartMigration start = start(kind, spec);
    MigrationCommand command = command(name, asked.key(), asked.by(), start);
    if (!isKnown(command)) {
      MigrationMachine.refusal(command, start, view.migrations(), Instant.now())
          .ifPresent(message -> {
            throw Problem.of(message).as(Response.Status.CONFLICT);
          });
      letters.command(command);
    }
    return awaited(command);
  }

  static MigrationCommand command(String name, @Nullable String key, String by, Object detail) {
    return new MigrationCommand(
        name,
        key == null || key.isBlank() ? UUID.randomUUID().toString() : key,
        Instant.now().plus(COMMAND_LIFETIME),
        by,
        detail);
  }

  /**
   * Rules go along as they are now, so that all tries and instances follow the same. Applications
   * that were stopped have no pods to run them.
   */
  private StartMigration start(MigrationKind kind, MigrationSpec spec) {
    List<MigrationRuleItem> before = rule(spec.getPreExecRule());
    List<MigrationRuleItem> after = rule(spec.getPostExecRule());
    return StartMigration.newBuilder()
        .setKind(kind)
        .setSpec(spec)
        .setPairMode(mode(kind, spec.getPair()))
        .setPreRule(spec.getFailover() ? List.of() : before)
        .setPostRule(spec.getFailover() ? List.of() : after)
        .build();
  }

  private List<MigrationRuleItem> rule(String name) {
    return view.ruleItems(name).orElseThrow(() -> Problem.unknownRule(name));
  }

  private PairMode mode(MigrationKind kind, String pair) {
    return kind == MigrationKind.MIGRATION
        ? view.pair(pair)
            .map(ClusterPairState::getMode)
            .orElseThrow(() -> Problem.unknownPair(pair))
        : PairMode.DEFAULT;
  }

  private boolean isKnown(MigrationCommand command) {
    return view.migration(command.getName())
        .filter(state -> state.getCommandId().equals(command.getIdempotencyKey()))
        .isPresent();
  }

  /** The state that came of the command, once this instance has read it. */
  private MigrationView awaited(MigrationCommand command) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<MigrationState> state = view.migration(command.getName());
      if (state.isPresent()) {
        if (isKnown(command)) {
          return MigrationView.of(state.get(), Instant.now());
        }
        throw Problem.of(
                "MIG-050 Migration '%s' was not begun. There is or was one of this name. Choose another name."
                    .formatted(command.getName()))
            .as(Response.Status.CONFLICT);
      }
      Thread.sleep(POLL);
    }
    throw Problem.unknownOutcome(command.getName());
  }
}
