package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mooring.kubernetes.Failures;
import io.mooring.kubernetes.RecentWrites;
import io.mooring.migrator.control.ResourceOwner;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.decision.ScheduleRules;
import io.mooring.schedules.RecurrenceFields;
import io.mooring.schemas.MigrationScheduleState;
import io.mooring.schemas.MigrationSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Schedules of the cluster are kept as those that come over REST. Whether one is suspended is kept
 * equal both ways: a person sets {@code spec.suspend}, and a schedule that suspends itself has it
 * set. The status says what both had last, so that it is known which of them has changed.
 */
final class ScheduleSync {

  private static final String SUSPEND = "suspend";
  private static final String SUSPENDED = "suspended";

  private final Keeper<MigrationScheduleState> keeper;
  private final StatusBoard statuses;
  private final ControlNames names;
  private final MigrationTemplate template;
  private final Policies policies;
  private final ScheduleEvents events;
  private final KubernetesClient client;
  private final Clock clock;
  private final RecentWrites patched;

  /** What it works with. */
  record Tools(
      Keeper<MigrationScheduleState> keeper,
      StatusBoard statuses,
      ControlNames names,
      MigrationTemplate template,
      Policies policies,
      ScheduleEvents events,
      KubernetesClient client) {}

  /** What a resource comes to. */
  private record Wanted(
      MigrationSpec spec,
      Optional<RecurrenceFields> recurrence,
      List<String> problems,
      boolean fit) {}

  ScheduleSync(Tools tools, Clock clock) {
    this.keeper = tools.keeper();
    this.statuses = tools.statuses();
    this.names = tools.names();
    this.template = tools.template();
    this.policies = tools.policies();
    this.events = tools.events();
    this.client = tools.client();
    this.clock = clock;
    this.patched = new RecentWrites(clock);
  }

  void pass(List<Manifest> manifests, StateView topics) {
    Map<String, ResourceOwner> owners = new HashMap<>();
    Failures failures = new Failures();
    keeper.begin(topics);
    for (Manifest manifest : manifests) {
      failures.attempt(manifest, one -> follow(one, owners, topics));
    }
    keeper.sweep(owners, failures);
    failures.rethrow();
  }

  private void follow(Manifest manifest, Map<String, ResourceOwner> owners, StateView topics) {
    String name = names.schedule(manifest.namespace(), manifest.name());
    Optional<String> refusal = keeper.claim(manifest, name);
    if (refusal.isPresent()) {
      statuses.show(manifest, Map.of("name", name, StatusBoard.PROBLEMS, List.of(refusal.get())));
      return;
    }
    owners.put(name, manifest.owner());
    Wanted wanted = wanted(manifest, name, topics);
    Optional<MigrationScheduleState> present = keeper.present(name);
    Suspension suspension =
        Suspension.of(
            manifest.spec().flag(SUSPEND).orElse(false),
            manifest.status().flag(SUSPENDED),
            present.map(MigrationScheduleState::getSuspended));
    // What both have in common is said before there is anything that could suspend itself.
    show(manifest, name, wanted, suspension, topics);
    if (wanted.fit()) {
      keeper.keep(state(manifest, name, wanted, suspension.topic()));
    } else if (present.isPresent()) {
      // It goes on as it was, but whoever suspends it is heard.
      keeper.keep(suspended(present.get(), suspension.topic()));
    }
    carryBack(manifest, suspension, present);
  }

  private Wanted wanted(Manifest manifest, String name, StateView topics) {
    Fields migration = manifest.spec().part("template").part("spec");
    MigrationTemplate.Wanted read = template.read(manifest, migration, topics);
    List<String> problems = new ArrayList<>(read.hindering());
    Optional<RecurrenceFields> recurrence = Optional.empty();
    try {
      recurrence = Optional.of(policies.of(manifest.spec().text("schedulePolicyName")));
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    boolean fit = problems.isEmpty();
    problems.addAll(read.notes());
    if (read.spec().getStartApplications()) {
      problems.addAll(Unfollowed.of(List.of("template.spec.startApplications")));
    }
    MigrationSpec spec =
        MigrationSpec.newBuilder(read.spec()).setSchedule(name).setStartApplications(false).build();
    return new Wanted(spec, recurrence, problems, fit);
  }

  private MigrationScheduleState state(
      Manifest manifest, String name, Wanted wanted, boolean suspended) {
    Instant now = clock.instant();
    RecurrenceFields recurrence = wanted.recurrence().orElseThrow();
    Optional<MigrationScheduleState> present = keeper.present(name);
    Instant since =
        present
            .filter(old ->
                ScheduleRules.recurrence(old)
                    .map(RecurrenceFields::of)
                    .filter(recurrence::equals)
                    .isPresent())
            .map(MigrationScheduleState::getSince)
            .orElse(now);
    MigrationScheduleState state =
        MigrationScheduleState.newBuilder()
            .setName(name)
            .setSpec(wanted.spec())
            .setRecurrence(recurrence.kind())
            .setIntervalMinutes(recurrence.intervalMinutes())
            .setMinuteOfDay(recurrence.minuteOfDay())
            .setDay(recurrence.day())
            .setAutoSuspend(manifest.spec().flag("autoSuspend").orElse(false))
            .setSuspended(present.map(MigrationScheduleState::getSuspended).orElse(suspended))
            .setReason(present.map(MigrationScheduleState::getReason).orElse(""))
            .setSince(since)
            .setRequestedBy(manifest.owner().toString())
            .setUpdatedAt(present.map(MigrationScheduleState::getUpdatedAt).orElse(now))
            .build();
    return suspended(state, suspended);
  }

  /** What happened before somebody resumed it does not suspend it again. */
  private MigrationScheduleState suspended(MigrationScheduleState state, boolean suspended) {
    return state.getSuspended() == suspended
        ? state
        : MigrationScheduleState.newBuilder(state)
            .setSuspended(suspended)
            .setReason("")
            .setUpdatedAt(clock.instant())
            .build();
  }

  /** A schedule that was suspended or resumed elsewhere, or by itself, has that in its resource. */
  private void carryBack(
      Manifest manifest, Suspension suspension, Optional<MigrationScheduleState> present) {
    boolean suspended = suspension.resource();
    if (manifest.spec().flag(SUSPEND).orElse(false) == suspended) {
      patched.arrived(manifest.uid());
      return;
    }
    if (patched.contain(manifest.uid(), suspended)) {
      return;
    }
    client
        .genericKubernetesResources(Kinds.SCHEDULE)
        .inNamespace(manifest.namespace())
        .withName(manifest.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of(SUSPEND, suspended))));
    patched.add(manifest.uid(), suspended);
    events.suspended(
        manifest, suspended, present.map(MigrationScheduleState::getReason).orElse(""));
  }

  private void show(
      Manifest manifest, String name, Wanted wanted, Suspension suspension, StateView topics) {
    Map<String, Object> status =
        keeper
            .present(name)
            .map(present -> ScheduleStatusText.of(present, wanted.problems(), topics.migrations()))
            .orElseGet(
                () -> new TreeMap<>(Map.of("name", name, StatusBoard.PROBLEMS, wanted.problems())));
    status.put(SUSPENDED, suspension.agreed());
    if (statuses.show(manifest, status)) {
      events.ended(manifest, status);
    }
  }
}
