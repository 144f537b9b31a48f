package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.mooring.kubernetes.Failures;
import io.mooring.kubernetes.RecentWrites;
import io.mooring.migrator.control.Letters;
import io.mooring.migrator.control.ResourceOwner;
import io.mooring.migrator.control.StateView;
import io.mooring.migrator.decision.MigrationMachine;
import io.mooring.schemas.CancelMigration;
import io.mooring.schemas.ClusterPairState;
import io.mooring.schemas.MigrationCommand;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.PairMode;
import io.mooring.schemas.StartMigration;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Begins what Migration resources ask for, once for each, shows how it goes, and cancels what is
 * under way when its resource is gone. The uid of a resource is the key of its command, so that
 * asking again changes nothing.
 */
final class MigrationSync {

  private static final Duration COMMAND_LIFETIME = Duration.ofMinutes(1);
  private static final String CANCELLED = "";
  private static final String FINAL = "Final";

  private final Letters letters;
  private final StatusBoard statuses;
  private final ControlNames names;
  private final MigrationTemplate template;
  private final MovedObjects objects;
  private final Presence presence;
  private final MigrationEvents events;
  private final Clock clock;
  private final RecentWrites written;

  /** What it works with. */
  record Tools(
      Letters letters,
      StatusBoard statuses,
      ControlNames names,
      MigrationTemplate template,
      MovedObjects objects,
      Presence presence,
      MigrationEvents events) {}

  MigrationSync(Tools tools, Clock clock) {
    this.letters = tools.letters();
    this.statuses = tools.statuses();
    this.names = tools.names();
    this.template = tools.template();
    this.objects = tools.objects();
    this.presence = tools.presence();
    this.events = tools.events();
    this.clock = clock;
    this.written = new RecentWrites(clock);
  }

  /**
   * @param claims of volumes, by the volume's id
   */
  void pass(List<Manifest> manifests, StateView topics, Map<String, PersistentVolumeClaim> claims) {
    Failures failures = new Failures();
    for (Manifest manifest : manifests) {
      failures.attempt(manifest, one -> follow(one, topics, claims));
    }
    List<String> uids = manifests.stream().map(Manifest::uid).toList();
    topics.migrations().stream()
        .filter(state -> state.getStatus() == MigrationStatus.IN_PROGRESS)
        .filter(state -> state.getReason().isEmpty())
        .filter(state -> !uids.contains(state.getCommandId()))
        .forEach(state -> failures.attempt(state, this::cancelIfGone));
    failures.rethrow();
  }

  private void follow(
      Manifest manifest, StateView topics, Map<String, PersistentVolumeClaim> claims) {
    String name = names.migration(manifest.name(), manifest.uid());
    Optional<MigrationState> begun =
        topics.migration(name).filter(state -> state.getCommandId().equals(manifest.uid()));
    boolean over = manifest.status().text("stage").equals(FINAL);
    if (begun.isPresent()) {
      tell(manifest, begun.get(), claims);
    } else if (!over && !manifest.status().text("name").isEmpty()) {
      forgotten(manifest);
    } else if (!over) {
      begin(manifest, name, topics);
    }
  }

  private void tell(
      Manifest manifest, MigrationState state, Map<String, PersistentVolumeClaim> claims) {
    // What is over stays as it was told, also when claims are gone or another is asked for.
    boolean told =
        manifest.status().text("stage").equals(FINAL) && manifest.status().has("resources");
    if (told) {
      return;
    }
    List<String> notes = MigrationTemplate.notes(manifest.spec());
    Map<String, Object> status = MigrationStatusText.of(state, claims, notes, clock.instant());
    objects.of(state).ifPresent(moved -> status.put("resources", moved));
    if (statuses.show(manifest, status)) {
      events.tell(manifest, status);
    }
  }

  /** It was over and is forgotten; it is not begun again. */
  private void forgotten(Manifest manifest) {
    Map<String, Object> status = new TreeMap<>(manifest.status().values());
    status.put("stage", FINAL);
    status.put("status", "Purged");
    statuses.show(manifest, status);
  }

  private void begin(Manifest manifest, String name, StateView topics) {
    MigrationTemplate.Wanted wanted = template.read(manifest, manifest.spec(), topics);
    List<String> problems = new ArrayList<>(wanted.problems());
    if (wanted.hindering().isEmpty()) {
      StartMigration start = start(wanted, topics);
      MigrationCommand command = command(name, manifest.uid(), manifest.owner(), start);
      Optional<String> refusal =
          MigrationMachine.refusal(command, start, topics.migrations(), clock.instant());
      if (refusal.isEmpty()) {
        send(manifest.uid(), command);
      } else {
        problems.addFirst(refusal.get());
      }
    }
    statuses.show(
        manifest, Map.of("stage", "", "status", "Pending", StatusBoard.PROBLEMS, problems));
  }

  private static StartMigration start(MigrationTemplate.Wanted wanted, StateView topics) {
    var spec = wanted.spec();
    return StartMigration.newBuilder()
        .setKind(MigrationKind.MIGRATION)
        .setSpec(spec)
        .setPairMode(
            topics.pair(spec.getPair()).map(ClusterPairState::getMode).orElse(PairMode.DEFAULT))
        .setPreRule(rule(topics, spec.getPreExecRule()))
        .setPostRule(rule(topics, spec.getPostExecRule()))
        .build();
  }

  private static List<MigrationRuleItem> rule(StateView topics, String name) {
    return topics.ruleItems(name).orElse(List.of());
  }

  private void send(String key, MigrationCommand command) {
    if (!written.contain(key, command.getName())) {
      letters.command(command);
      written.add(key, command.getName());
    }
  }

  private void cancelIfGone(MigrationState state) {
    Optional<ResourceOwner> owner = ResourceOwner.of(state.getRequestedBy());
    if (owner.isEmpty() || written.contain(state.getCommandId(), CANCELLED)) {
      return;
    }
    boolean there =
        presence
            .found(Kinds.MIGRATION, owner.get())
            .filter(uid -> uid.equals(state.getCommandId()))
            .isPresent();
    if (!there) {
      letters.command(
          command(
              state.getName(),
              "cancel/" + state.getCommandId(),
              owner.get(),
              new CancelMigration(false)));
      written.add(state.getCommandId(), CANCELLED);
    }
  }

  private MigrationCommand command(String name, String key, ResourceOwner owner, Object detail) {
    Instant now = clock.instant();
    return new MigrationCommand(name, key, now.plus(COMMAND_LIFETIME), owner.toString(), detail);
  }
}
