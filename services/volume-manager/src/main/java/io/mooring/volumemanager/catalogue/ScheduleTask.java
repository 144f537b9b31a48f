package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.SnapshotCommandAccepted;
import io.mooring.schemas.SnapshotCommandRejected;
import io.mooring.schemas.SnapshotEvent;
import io.mooring.volumemanager.schedule.Schedule;
import io.mooring.volumemanager.schedule.ScheduleRules;
import io.mooring.volumemanager.snapshot.SnapshotInput;
import io.mooring.volumemanager.snapshot.SnapshotRefusals;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.Rejection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * All schedules of snapshots, beside the sets that they ask for: a set and the occasion that it is
 * for become visible in one transaction, so no occasion leads to two sets.
 */
final class ScheduleTask {

  private final TaskOutput output;
  private final SnapshotTask snapshots;
  private final KeyValueStore<String, Schedule> store;
  private final Map<String, Schedule> schedules = new LinkedHashMap<>();

  ScheduleTask(
      ProcessorContext<String, SpecificRecord> context,
      CatalogueSettings settings,
      SnapshotTask snapshots) {
    this.output = new TaskOutput(context, settings.source());
    this.snapshots = snapshots;
    this.store = context.getStateStore(CatalogueTopology.SCHEDULES_STORE);
  }

  void open() {
    try (KeyValueIterator<String, Schedule> all = store.all()) {
      all.forEachRemaining(entry -> schedules.put(entry.key, entry.value));
    }
  }

  /** Makes a schedule, or gives it another plan. */
  void put(String id, Optional<Schedule.Plan> plan, SnapshotInput.Reference reference) {
    Schedule before = schedules.get(id);
    if (before != null && before.origin().commands().contains(reference.idempotencyKey())) {
      accept(id, reference);
    } else if (isExpired(reference)) {
      reject(id, reference, SnapshotRefusals.expired(reference));
    } else if (plan.isEmpty()) {
      reject(id, reference, SnapshotRefusals.badPlan("it is contradictory"));
    } else {
      Schedule.Origin origin =
          new Schedule.Origin(
              reference.requestedBy(),
              reference.cause(),
              now(),
              List.of(reference.idempotencyKey()));
      keep(
          before == null
              ? new Schedule(id, plan.get(), origin, null)
              : before.replacedBy(plan.get(), origin),
          reference.cause());
      accept(id, reference);
    }
  }

  /** Ends a schedule; what it has taken stays. */
  void delete(String id, SnapshotInput.Reference reference) {
    if (isExpired(reference)) {
      reject(id, reference, SnapshotRefusals.expired(reference));
      return;
    }
    if (schedules.remove(id) != null) {
      store.delete(id);
      output.forward(
          CatalogueTopology.SCHEDULES_SINK,
          id,
          null,
          "io.mooring.SnapshotScheduleState",
          reference.cause());
    }
    accept(id, reference);
  }

  private boolean isExpired(SnapshotInput.Reference reference) {
    Instant expiresAt = reference.expiresAt();
    return expiresAt != null && now().isAfter(expiresAt);
  }

  void timePassed() {
    for (Schedule schedule : List.copyOf(schedules.values())) {
      ScheduleRules.Step step = ScheduleRules.advance(schedule, snapshots.sets(), now());
      Cause cause = schedule.origin().cause();
      if (!step.after().equals(schedule)) {
        cause = keep(step.after(), cause);
      }
      if (step.take() != null) {
        snapshots.decide(step.take(), take(step.after(), cause));
      }
      for (SnapshotSetId old : step.delete()) {
        // What is being read is deleted when it is not any more.
        if (snapshots.readers(old).isEmpty()) {
          snapshots.decide(
              old, new SnapshotInput.Delete(reference(schedule, "retention/" + old, cause)));
        }
      }
    }
  }

  private SnapshotInput take(Schedule schedule, Cause cause) {
    return new SnapshotInput.Take(
        reference(schedule, "%s/%s".formatted(schedule.id(), cause.recordId()), cause),
        schedule.id(),
        snapshots.existing(schedule.plan().volumes(), schedule.plan().group()),
        Map.of(Schedule.LABEL, schedule.id()));
  }

  private static SnapshotInput.Reference reference(Schedule schedule, String key, Cause cause) {
    return new SnapshotInput.Reference(cause, key, null, "schedule " + schedule.id());
  }

  /**
   * Stores and publishes a schedule.
   *
   * @return the record that says so, to be the cause of what follows
   */
  private Cause keep(Schedule schedule, Cause cause) {
    schedules.put(schedule.id(), schedule);
    store.put(schedule.id(), schedule);
    return output.forward(
        CatalogueTopology.SCHEDULES_SINK,
        schedule.id(),
        ScheduleRecords.state(schedule),
        "io.mooring.SnapshotScheduleState",
        cause);
  }

  private void accept(String id, SnapshotInput.Reference reference) {
    answer(id, new SnapshotCommandAccepted(reference.idempotencyKey()), reference);
  }

  private void reject(String id, SnapshotInput.Reference reference, Rejection why) {
    answer(
        id,
        new SnapshotCommandRejected(
            reference.idempotencyKey(), why.code(), why.what(), why.why(), why.fix()),
        reference);
  }

  private void answer(String id, SpecificRecord detail, SnapshotInput.Reference reference) {
    SnapshotEvent event = new SnapshotEvent(id, now(), detail);
    output.forward(CatalogueTopology.SNAPSHOT_EVENTS_SINK, id, event, reference.cause());
  }

  private Instant now() {
    return output.now();
  }
}
