package io.mooring.migrator.control;

import io.mooring.migrator.decision.MigrationMachine;
import io.mooring.migrator.decision.ScheduleRules;
import io.mooring.migrator.objects.Namespaces;
import io.mooring.migrator.outside.ApplicationSide;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.work.BackupNames;
import io.mooring.schemas.CancelMigration;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.StartMigration;
import io.mooring.storage.backup.Repository;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Begins what schedules are due for, and forgets what they do not need any more. Whatever it asks
 * for may be asked for twice, by it or by another instance: it is decided on once.
 */
final class Scheduler {

  private static final Logger LOG = Logger.getLogger(Scheduler.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** After this time without an effect, the same is asked for again. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final StateView view;
  private final Letters letters;
  private final RepositoryDoor repository;
  private final Map<String, Instant> asked = new HashMap<>();

  Scheduler(StateView view, Letters letters, RepositoryDoor repository) {
    this.view = view;
    this.letters = letters;
    this.repository = repository;
  }

  /** Called by one thread, again and again. */
  void tick(Instant now) {
    List<MigrationState> all = view.migrations();
    for (MigrationScheduleState schedule : view.schedules()) {
      if (!schedule.getSuspended()) {
        advance(schedule, all, now);
      }
    }
    for (MigrationState state : ScheduleRules.beyondNeed(all)) {
      forget(state, now);
    }
    asked.values().removeIf(at -> at.plus(PATIENCE).isBefore(now));
  }

  private void advance(MigrationScheduleState schedule, List<MigrationState> all, Instant now) {
    Optional<String> suspension = ScheduleRules.suspension(schedule, all);
    if (suspension.isPresent()) {
      write(schedule, true, suspension.get());
      return;
    }
    Optional<String> due = ScheduleRules.due(schedule, all, now);
    if (due.isPresent() && !asked.containsKey(due.get())) {
      begin(schedule, due.get(), all, now);
    }
  }

  private void begin(
      MigrationScheduleState schedule, String name, List<MigrationState> all, Instant now) {
    MigrationSpec spec = schedule.getSpec();
    Optional<ClusterPairState> pair = view.pair(spec.getPair());
    Optional<List<MigrationRuleItem>> before = view.ruleItems(spec.getPreExecRule());
    Optional<List<MigrationRuleItem>> after = view.ruleItems(spec.getPostExecRule());
    if (pair.isEmpty() || before.isEmpty() || after.isEmpty()) {
      write(schedule, false, missing(spec, pair.isPresent(), before.isPresent()));
      return;
    }
    if (schedule.getAutoSuspend() && isActiveThere(pair.get(), spec)) {
      write(schedule, true, activeThere(schedule));
      return;
    }
    StartMigration start =
        StartMigration.newBuilder()
            .setKind(MigrationKind.MIGRATION)
            .setSpec(spec)
            .setPairMode(pair.get().getMode())
            .setPreRule(before.get())
            .setPostRule(after.get())
            .build();
    MigrationCommand command = command(schedule.getName(), name, start, now);
    Optional<String> refusal = MigrationMachine.refusal(command, start, all, now);
    write(schedule, false, refusal.orElse(""));
    if (refusal.isEmpty()) {
      letters.command(command);
      asked.put(name, now);
    }
  }

  private static String missing(MigrationSpec spec, boolean pair, boolean before) {
    if (!pair) {
      return "MIG-076 Cluster pair '%s' does not exist. It was deleted. Make it."
          .formatted(spec.getPair());
    }
    return "MIG-104 Rule '%s' does not exist. It was deleted. Make it."
        .formatted(before ? spec.getPostExecRule() : spec.getPreExecRule());
  }

  private static String activeThere(MigrationScheduleState schedule) {
    return "MIG-121 Schedule '%s' is suspended. The applications run on the target, whose data is"
            .formatted(schedule.getName())
        + " newer. Resume it once they do not.";
  }

  /** A target that cannot be asked decides by itself whether it restores. */
  private static boolean isActiveThere(ClusterPairState pair, MigrationSpec spec) {
    List<String> namespaces = Namespaces.targets(spec);
    if (namespaces.isEmpty()) {
      return false;
    }
    RestClient migrator = new RestClient(URI.create(pair.getTargetUrl()), LIMIT, pair.getToken());
    try {
      return ApplicationSide.there(migrator, namespaces, "").activity().desired() > 0;
    } catch (IOException e) {
      LOG.debugf("The target cannot tell whether applications run; cause=%s", e.getMessage());
      return false;
    }
  }

  /** Kept for the version that was looked at: a person may be saying something else right now. */
  private void write(MigrationScheduleState schedule, boolean suspended, String reason) {
    if (schedule.getSuspended() != suspended || !schedule.getReason().equals(reason)) {
      LOG.infof(
          "Schedule has changed; schedule=%s suspended=%s reason=%s",
          schedule.getName(), suspended, reason);
      letters.finding(
          MigrationScheduleState.newBuilder(schedule)
              .setSuspended(suspended)
              .setReason(reason)
              .build());
    }
  }

  private void forget(MigrationState state, Instant now) {
    String name = state.getName();
    if (asked.containsKey("forget " + name)) {
      return;
    }
    asked.put("forget " + name, now);
    try {
      if (state.getKind() == MigrationKind.MIGRATION) {
        deleteBackup(name);
      }
      letters.command(command(state.getSpec().getSchedule(), name, new CancelMigration(true), now));
    } catch (IOException e) {
      LOG.warnf("A backup is deleted later; backup=%s cause=%s", name, e.getMessage());
    }
  }

  private void deleteBackup(String name) throws IOException {
    Repository opened = repository.open(0);
    for (String backup : opened.backups()) {
      boolean part = BackupNames.isPart(backup) && backup.startsWith(name + "-");
      if (backup.equals(name) || part) {
        opened.delete(backup, "its schedule has a newer one");
      }
    }
  }

  private static MigrationCommand command(
      String schedule, String name, Object detail, Instant now) {
    return new MigrationCommand(
        name, "schedule/" + name, now.plus(PATIENCE), "schedule " + schedule, detail);
  }
}
