package io.mooring.volumemanager.snapshot;

import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.snapshot.SnapshotSet.Member;
import io.mooring.volumemanager.volume.Rejection;
import io.mooring.volumemanager.volume.VolumeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What follows from commands. Each is answered once, at once. */
final class CommandRules {

  static final int SETS_MAX = 64;
  static final int VOLUMES_MAX = 100;
  private static final int NAME_LENGTH_MAX = 128;
  private static final int ATTEMPT_DIGITS = 8;

  private final SnapshotView view;

  CommandRules(SnapshotView view) {
    this.view = view;
  }

  void take(
      SnapshotDraft draft, SnapshotSetId id, @Nullable SnapshotSet set, SnapshotInput.Take take) {
    SnapshotInput.Reference reference = take.reference();
    if (set != null && set.origin().commands().contains(reference.idempotencyKey())) {
      draft.accept(reference);
      return;
    }
    if (reference.isExpired(draft.now())) {
      draft.reject(reference, SnapshotRefusals.expired(reference));
      return;
    }
    if (set == null || set.phase() instanceof SetPhase.Failed) {
      begin(draft, id, take);
    } else if (set.phase() instanceof SetPhase.Deleting) {
      draft.reject(reference, SnapshotRefusals.beingDeleted(set));
    } else if (set.volumes().equals(new HashSet<>(take.volumes()))) {
      draft.become(set.joinedBy(reference.idempotencyKey()));
      draft.accept(reference);
    } else {
      draft.reject(reference, SnapshotRefusals.alreadyExists(set));
    }
  }

  private void begin(SnapshotDraft draft, SnapshotSetId id, SnapshotInput.Take take) {
    List<Rejection> problems = new ArrayList<>();
    List<VolumeOutline> volumes = new ArrayList<>();
    check(take, problems);
    for (VolumeId volume : Set.copyOf(take.volumes()).stream().sorted(byValue()).toList()) {
      Optional<VolumeOutline> found =
          view.volume(volume).filter(v -> v.standing().phase() != VolumePhase.DELETING);
      if (found.isPresent()) {
        volumes.add(found.get());
        check(id, found.get(), problems);
      } else {
        problems.add(SnapshotRefusals.unknownVolume(volume));
      }
    }
    if (problems.isEmpty()) {
      start(draft, id, take, volumes);
      draft.accept(take.reference());
      draft.announce(
          new SnapshotEffect.Fact.Started(volumes.stream().map(VolumeOutline::id).toList()));
    } else {
      draft.reject(take.reference(), Rejection.all(problems));
    }
  }

  private static Comparator<VolumeId> byValue() {
    return Comparator.comparing(VolumeId::value);
  }

  private static void check(SnapshotInput.Take take, List<Rejection> problems) {
    String name = take.name();
    if (name.isBlank()
        || name.length() > NAME_LENGTH_MAX
        || name.chars().anyMatch(Character::isISOControl)) {
      problems.add(SnapshotRefusals.badName(name));
    }
    if (take.volumes().isEmpty() || take.volumes().size() > VOLUMES_MAX) {
      problems.add(SnapshotRefusals.badNumberOfVolumes(take.volumes().size(), VOLUMES_MAX));
    }
  }

  private void check(SnapshotSetId id, VolumeOutline volume, List<Rejection> problems) {
    VolumeOutline.Task task = volume.standing().task();
    if (task != null && task.kind() != VolumeTaskKind.SNAPSHOT) {
      problems.add(SnapshotRefusals.contentIsChanging(volume, task.kind()));
    } else if (volume.standing().half()) {
      problems.add(SnapshotRefusals.half(volume));
    }
    List<SnapshotSet> others =
        view.sets().stream()
            .filter(set -> !set.id().equals(id) && set.member(volume.id()).isPresent())
            .filter(set -> !(set.phase() instanceof SetPhase.Failed))
            .toList();
    others.stream()
        .filter(SnapshotSet::isUnderWay)
        .findFirst()
        .ifPresent(set -> problems.add(SnapshotRefusals.anotherIsUnderWay(volume, set)));
    if (others.size() >= SETS_MAX) {
      problems.add(SnapshotRefusals.tooMany(volume, SETS_MAX));
    }
  }

  private static void start(
      SnapshotDraft draft, SnapshotSetId id, SnapshotInput.Take take, List<VolumeOutline> volumes) {
    SnapshotInput.Reference reference = take.reference();
    String attempt =
        reference.cause().recordId().toString().replace("-", "").substring(0, ATTEMPT_DIGITS);
    String snapshotId = id + "-" + attempt;
    var deadline = draft.now().plus(SnapshotDecider.ATTEMPT_MAX);
    boolean alone = volumes.size() == 1 && isAttached(volumes.getFirst());
    draft.become(
        new SnapshotSet(
            id,
            take.name(),
            alone ? new SetPhase.Taking(null, deadline) : new SetPhase.Holding(deadline),
            volumes.stream()
                .map(v -> new Member(v.id(), v.name(), snapshotId, MemberPhase.Waiting.NEW))
                .toList(),
            take.labels(),
            new SnapshotSet.Origin(
                reference.requestedBy(),
                reference.cause(),
                draft.now(),
                List.of(reference.idempotencyKey())),
            draft.now()));
    for (VolumeOutline volume : volumes) {
      ProgressRules.askForNode(draft, volume, deadline);
    }
  }

  private static boolean isAttached(VolumeOutline volume) {
    return volume.standing().phase() == VolumePhase.PUBLISHED && volume.standing().task() == null;
  }

  void delete(SnapshotDraft draft, @Nullable SnapshotSet set, SnapshotInput.Reference reference) {
    if (set == null) {
      // What is not there is deleted.
      draft.accept(reference);
      return;
    }
    if (reference.isExpired(draft.now())) {
      draft.reject(reference, SnapshotRefusals.expired(reference));
      return;
    }
    if (set.phase() instanceof SetPhase.Deleting) {
      draft.accept(reference);
      return;
    }
    List<String> readers = view.readers(set.id());
    if (!readers.isEmpty()) {
      draft.reject(reference, SnapshotRefusals.inUse(set, readers));
      return;
    }
    draft.accept(reference);
    draft.enter(new SetPhase.Deleting(set.takenAt(), set.holders()));
  }
}
