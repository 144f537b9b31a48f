package io.mooring.migrator.work;

import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.outside.ApplicationDoor.Execution;
import io.mooring.schemas.MigrationRuleAction;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Runs the commands of a rule in pods. Each has an id that follows from the migration, so that
 * whoever comes after a run that was killed can end what it left.
 */
final class RuleRun {

  private static final Logger LOG = Logger.getLogger(RuleRun.class);

  /** Of one command in one pod. */
  private static final Duration LIMIT = Duration.ofMinutes(15);

  private static final long POLL_MS = 200;

  /** A rule, and what names it. */
  private record Subject(String name, String prefix, List<MigrationRuleItem> items) {}

  private final ApplicationDoor door;
  private final String namespace;
  private final Subject rule;
  private final Duration patience;
  private final List<String> background = new ArrayList<>();

  private RuleRun(ApplicationDoor door, Duration patience, String namespace, Subject rule) {
    this.door = door;
    this.namespace = namespace;
    this.patience = patience;
    this.rule = rule;
  }

  /** The rule before the snapshots; each try of it begins from the beginning. */
  static RuleRun before(ApplicationDoor door, Duration patience, MigrationState migration) {
    return new RuleRun(
        door,
        patience,
        migration.getSpec().getNamespace(),
        new Subject(
            migration.getSpec().getPreExecRule(),
            migration.getName() + "-pre-",
            migration.getPreRule()));
  }

  /** The rule after the snapshots; what a killed run has begun is gone on with. */
  static RuleRun after(ApplicationDoor door, Duration patience, MigrationState migration) {
    return new RuleRun(
        door,
        patience,
        migration.getSpec().getNamespace(),
        new Subject(
            migration.getSpec().getPostExecRule(),
            migration.getName() + "-post-",
            migration.getPostRule()));
  }

  /** Ends whatever of it runs, whoever began it. */
  void end() throws IOException, InterruptedException {
    int count = rule.items().stream().mapToInt(item -> item.getActions().size()).sum();
    for (int number = 0; number < count; number++) {
      String id = rule.prefix() + number;
      Patience.until(
          patience,
          () -> {
            door.end(id, namespace);
            return true;
          });
    }
    background.clear();
  }

  /**
   * Runs all actions, one after the other. Those in the background go on until {@link #end}.
   *
   * @throws IOException with code, if one failed
   */
  void run() throws IOException, InterruptedException {
    if (rule.items().isEmpty()) {
      return;
    }
    ApplicationDoor.Activity activity = Patience.until(patience, () -> door.activity(namespace));
    if (activity.running() == 0 && activity.desired() == 0) {
      LOG.infof("No pod runs, so a rule has nothing to do; rule=%s", rule.name());
      return;
    }
    int number = 0;
    for (MigrationRuleItem item : rule.items()) {
      for (MigrationRuleAction action : item.getActions()) {
        run(rule.prefix() + number++, item, action);
      }
    }
  }

  private void run(String id, MigrationRuleItem item, MigrationRuleAction action)
      throws IOException, InterruptedException {
    ApplicationDoor.Command command =
        new ApplicationDoor.Command(
            item.getPodSelector(),
            item.getContainer(),
            action.getCommand(),
            action.getRunInSinglePod());
    Execution execution =
        Patience.until(patience, () -> door.execute(id, namespace, command, LIMIT.toSeconds()));
    if (action.getBackground()) {
      background.add(id);
    }
    long deadline = System.nanoTime() + LIMIT.plus(patience).toNanos();
    while (true) {
      check(execution, item);
      boolean goesOn = action.getBackground() && execution.ready();
      if (execution.state() == Execution.State.DONE || goesOn) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw failure("A command of it did not end in time");
      }
      Thread.sleep(POLL_MS);
      execution =
          Patience.until(patience, () -> door.execution(id, namespace))
              .orElseThrow(() -> failure("Somebody ended a command of it"));
    }
  }

  /** Whether what goes on in the background has gone on until now. */
  void check() throws IOException, InterruptedException {
    for (String id : background) {
      Optional<Execution> execution = Patience.until(patience, () -> door.execution(id, namespace));
      if (execution.filter(run -> run.state() != Execution.State.FAILED).isEmpty()) {
        throw failure("A command of it ended while the snapshots were taken");
      }
    }
  }

  private void check(Execution execution, MigrationRuleItem item) throws IOException {
    if (execution.pods().isEmpty()) {
      throw failure("No running pod has labels " + item.getPodSelector());
    }
    if (execution.state() == Execution.State.FAILED) {
      throw failure(
          execution.pods().stream()
              .filter(pod -> pod.state().equals("FAILED"))
              .map(pod ->
                  "Pod '%s' ended with status %d: %s"
                      .formatted(pod.pod(), pod.exitCode(), pod.output().strip()))
              .findFirst()
              .orElse("A command of it failed"));
    }
  }

  private RuleFailedException failure(String why) {
    return new RuleFailedException(
        "MIG-103 Rule '%s' was not followed. %s. Correct the rule or its pods."
            .formatted(rule.name(), why));
  }
}
