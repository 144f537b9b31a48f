package io.mooring.migrator.work;

import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.outside.ApplicationDoor.Execution;
import io.mooring.migrator.outside.ApplicationSide;
import io.mooring.schemas.MigrationRuleAction;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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

  /** A rule, what names it, and in whose pods it runs. */
  private record Subject(
      String name, String prefix, List<MigrationRuleItem> items, List<String> namespaces) {

    /** One command of it, in the pods of each namespace. */
    List<Run> runs(int number) {
      return IntStream.range(0, namespaces.size())
          .mapToObj(i ->
              new Run(prefix + number + (i == 0 ? "" : "-" + namespaces.get(i)), namespaces.get(i)))
          .toList();
    }
  }

  /** A command in the pods of one namespace. */
  private record Run(String id, String namespace) {}

  private final ApplicationDoor door;
  private final Subject rule;
  private final Duration patience;
  private final List<Run> background = new ArrayList<>();

  private RuleRun(ApplicationDoor door, Duration patience, Subject rule) {
    this.door = door;
    this.patience = patience;
    this.rule = rule;
  }

  /** The rule before the snapshots; each try of it begins from the beginning. */
  static RuleRun before(ApplicationDoor door, Duration patience, MigrationState migration) {
    return new RuleRun(
        door,
        patience,
        new Subject(
            migration.getSpec().getPreExecRule(),
            migration.getName() + "-pre-",
            migration.getPreRule(),
            Namespaces.of(migration.getSpec())));
  }

  /** The rule after the snapshots; what a killed run has begun is gone on with. */
  static RuleRun after(ApplicationDoor door, Duration patience, MigrationState migration) {
    return new RuleRun(
        door,
        patience,
        new Subject(
            migration.getSpec().getPostExecRule(),
            migration.getName() + "-post-",
            migration.getPostRule(),
            Namespaces.of(migration.getSpec())));
  }

  /** Ends whatever of it runs, whoever began it. */
  void end() throws IOException, InterruptedException {
    int count = rule.items().stream().mapToInt(item -> item.getActions().size()).sum();
    for (int number = 0; number < count; number++) {
      for (Run run : rule.runs(number)) {
        Patience.until(
            patience,
            () -> {
              door.end(run.id(), run.namespace());
              return true;
            });
      }
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
    ApplicationSide here = ApplicationSide.here(door, rule.namespaces());
    ApplicationDoor.Activity activity = Patience.until(patience, here::activity);
    if (activity.running() == 0 && activity.desired() == 0) {
      LOG.infof("No pod runs, so a rule has nothing to do; rule=%s", rule.name());
      return;
    }
    int number = 0;
    for (MigrationRuleItem item : rule.items()) {
      for (MigrationRuleAction action : item.getActions()) {
        run(rule.runs(number++), item, action);
      }
    }
  }

  /** In all namespaces at once; pods with the labels must run in one of them at least. */
  private void run(List<Run> runs, MigrationRuleItem item, MigrationRuleAction action)
      throws IOException, InterruptedException {
    ApplicationDoor.Command command =
        new ApplicationDoor.Command(
            item.getPodSelector(),
            item.getContainer(),
            action.getCommand(),
            action.getRunInSinglePod());
    Map<Run, Execution> begun = new LinkedHashMap<>();
    for (Run run : runs) {
      Execution execution =
          Patience.until(
              patience, () -> door.execute(run.id(), run.namespace(), command, LIMIT.toSeconds()));
      if (!execution.pods().isEmpty()) {
        begun.put(run, execution);
      }
    }
    if (begun.isEmpty()) {
      throw failure("No running pod has labels " + item.getPodSelector());
    }
    if (action.getBackground()) {
      background.addAll(begun.keySet());
    }
    long deadline = System.nanoTime() + LIMIT.plus(patience).toNanos();
    for (Map.Entry<Run, Execution> run : begun.entrySet()) {
      await(run.getKey(), run.getValue(), action.getBackground(), deadline);
    }
  }

  private void await(Run run, Execution begun, boolean inBackground, long deadline)
      throws IOException, InterruptedException {
    Execution execution = begun;
    while (true) {
      check(execution);
      boolean goesOn = inBackground && execution.ready();
      if (execution.state() == Execution.State.DONE || goesOn) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw failure("A command of it did not end in time");
      }
      Thread.sleep(POLL_MS);
      execution =
          Patience.until(patience, () -> door.execution(run.id(), run.namespace()))
              .orElseThrow(() -> failure("Somebody ended a command of it"));
    }
  }

  /** Whether what goes on in the background has gone on until now. */
  void check() throws IOException, InterruptedException {
    for (Run run : background) {
      Optional<Execution> execution =
          Patience.until(patience, () -> door.execution(run.id(), run.namespace()));
      if (execution.filter(seen -> seen.state() != Execution.State.FAILED).isEmpty()) {
        throw failure("A command of it ended while the snapshots were taken");
      }
    }
  }

  private void check(Execution execution) throws IOException {
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
