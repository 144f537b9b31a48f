package io.mooring.migrator.rest;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.mooring.migrator.objects.ObjectFields;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for. Volumes are chosen by their names, or by group and labels; a restore takes all
 * of its backup, unless names are given.
 *
 * @param kind BACKUP, RESTORE, MIGRATION, or SNAPSHOT: only snapshots are taken, under the rules
 * @param pair of a migration
 * @param backup to restore
 * @param objects which of them go along, and how they are changed on the way
 * @param startApplications objects get their replicas; false unless asked for
 * @param replace volumes of an earlier restore may be brought up to date
 * @param keepSnapshots the next one reads only what changed
 * @param parameters of the storage class that are different on the target
 * @param preExecRule rule that runs right before the snapshots; never of a restore
 * @param postExecRule rule that runs once volumes are on their way; never of a restore
 * @param schedule to which it belongs
 * @param origin of a restore for another side: with what objects are marked
 * @param failover of a migration: applications are stopped here before, and started there after it
 */
public record MigrationRequest(
    @Nullable String name,
    @Nullable String kind,
    @Nullable String pair,
    @Nullable String backup,
    @Nullable List<String> volumes,
    @Nullable String group,
    @Nullable Map<String, String> labels,
    @JsonUnwrapped ObjectFields objects,
    boolean startApplications,
    boolean replace,
    boolean keepSnapshots,
    @Nullable Map<String, String> parameters,
    long bytesPerSecond,
    @Nullable String preExecRule,
    @Nullable String postExecRule,
    @Nullable String schedule,
    @Nullable String origin,
    boolean failover,
    @Nullable String requestedBy) {

  MigrationKind wantedKind() {
    for (MigrationKind candidate : MigrationKind.values()) {
      if (candidate.name().equalsIgnoreCase(kind == null ? "" : kind)) {
        return candidate;
      }
    }
    throw Problem.malformed(
        "The kind is '%s', not BACKUP, RESTORE, MIGRATION or SNAPSHOT.".formatted(kind));
  }

  String by() {
    return or(requestedBy, "rest");
  }

  /** With all that was left out. */
  MigrationSpec spec() {
    MigrationKind wanted = wantedKind();
    if (wanted == MigrationKind.MIGRATION && or(pair, "").isEmpty()) {
      throw Problem.malformed("The migration has no pair.");
    }
    if (wanted == MigrationKind.RESTORE && or(backup, "").isEmpty()) {
      throw Problem.malformed("The restore has no backup.");
    }
    if (wanted == MigrationKind.RESTORE
        && !(or(preExecRule, "") + or(postExecRule, "")).isEmpty()) {
      throw Problem.malformed("A restore takes no snapshots, so it has no rules.");
    }
    List<String> problems = objects.problems(wanted, or(origin, ""));
    if (!problems.isEmpty()) {
      throw Problem.unfitObjects(or(name, ""), problems);
    }
    return objects
        .into(MigrationSpec.newBuilder())
        .setPair(wanted == MigrationKind.MIGRATION ? or(pair, "") : "")
        .setBackup(wanted == MigrationKind.RESTORE ? or(backup, "") : "")
        .setVolumes(volumes == null ? List.of() : volumes)
        .setGroup(or(group, ""))
        .setLabels(labels == null ? Map.of() : labels)
        .setStartApplications(startApplications)
        .setReplace(replace)
        .setKeepSnapshots(keepSnapshots)
        .setParameters(parameters == null ? Map.of() : parameters)
        .setPreExecRule(or(preExecRule, ""))
        .setPostExecRule(or(postExecRule, ""))
        .setSchedule(or(schedule, ""))
        .setOrigin(wanted == MigrationKind.RESTORE ? or(origin, "") : "")
        .setFailover(failover && wanted == MigrationKind.MIGRATION)
        .setBytesPerSecond(Math.max(0, bytesPerSecond))
        .build();
  }

  private static String or(@Nullable String text, String fallback) {
    return text == null ? fallback : text;
  }
}
