package io.mooring.volumemanager.snapshot;

import io.mooring.schemas.VolumePhase;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.snapshot.SnapshotSet.Member;
import io.mooring.volumemanager.volume.ReplicaId;
import io.mooring.volumemanager.volume.SnapshotKey;
import io.mooring.volumemanager.volume.SnapshotSource.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What follows from the reports of agents and from time. */
final class ProgressRules {

  /** A volume that came out of use after the set had begun needs a node too. */
  private static final Duration ASKED_AGAIN = Duration.ofSeconds(2);

  private final SnapshotView view;

  ProgressRules(SnapshotView view) {
    this.view = view;
  }

  void report(SnapshotDraft draft, SnapshotInput.Report report) {
    Optional<Member> found =
        draft.set().member(report.volume()).filter(m -> m.snapshotId().equals(report.snapshotId()));
    if (found.isEmpty()) {
      // About an earlier attempt.
      return;
    }
    Member member = found.get();
    switch (report.said()) {
      case SnapshotInput.Said.Held held -> held(draft, member, held);
      case SnapshotInput.Said.Taken taken -> taken(draft, member, taken);
      case SnapshotInput.Said.Missed missed -> missed(draft, member, missed);
      case SnapshotInput.Said.Removed removed ->
          removed(draft, member, new Holder(removed.replica(), report.from()));
    }
  }

  private void held(SnapshotDraft draft, Member member, SnapshotInput.Said.Held held) {
    SnapshotSet set = draft.set();
    if (!(set.phase() instanceof SetPhase.Holding holding)) {
      return;
    }
    if (member.phase() instanceof MemberPhase.Held before && before.epoch() != held.epoch()) {
      fail(draft, SnapshotRefusals.HEAD_CHANGED, headChanged(member));
      return;
    }
    draft.become(set.with(member.in(new MemberPhase.Held(held.epoch())), draft.now()));
    boolean all =
        draft.set().members().stream().allMatch(m -> m.phase() instanceof MemberPhase.Held);
    if (all && !failIfLost(draft)) {
      draft.enter(new SetPhase.Taking(draft.now(), holding.deadline()));
    }
  }

  private void taken(SnapshotDraft draft, Member member, SnapshotInput.Said.Taken taken) {
    SnapshotSet set = draft.set();
    if (!(set.phase() instanceof SetPhase.Taking taking) || member.isTaken()) {
      return;
    }
    if (member.phase() instanceof MemberPhase.Held held && held.epoch() != taken.epoch()) {
      fail(draft, SnapshotRefusals.HEAD_CHANGED, headChanged(member));
      return;
    }
    if (failIfHalf(draft, member)) {
      return;
    }
    List<Holder> holders = holders(member, taken.replicas());
    if (holders.isEmpty()) {
      fail(
          draft,
          SnapshotRefusals.MISSED,
          "volume '%s': none of the replicas %s that hold it is one of the volume"
              .formatted(member.volumeName(), taken.replicas()));
      return;
    }
    draft.become(
        set.with(
            member.in(
                new MemberPhase.Taken(taken.epoch(), taken.sizeBytes(), holders, taken.heldMs())),
            draft.now()));
    if (draft.set().members().stream().allMatch(Member::isTaken)) {
      Instant heldAt = taking.heldAt();
      draft.enter(new SetPhase.Ready(heldAt == null ? draft.now() : heldAt));
      draft.announce(
          new SnapshotEffect.Fact.Taken(
              set.members().stream().map(Member::volume).toList(), draft.set().heldMsMax()));
    }
  }

  private List<Holder> holders(Member member, List<ReplicaId> replicas) {
    return view.volume(member.volume()).stream()
        .flatMap(volume -> replicas.stream().map(volume::member).flatMap(Optional::stream))
        .map(replica -> new Holder(replica.id(), replica.pool().node()))
        .toList();
  }

  private static void missed(SnapshotDraft draft, Member member, SnapshotInput.Said.Missed missed) {
    if (!draft.set().isUnderWay() || member.isTaken()) {
      return;
    }
    draft.become(draft.set().with(member.in(new MemberPhase.Missed(missed.reason())), draft.now()));
    fail(
        draft,
        SnapshotRefusals.MISSED,
        "volume '%s': %s %s".formatted(member.volumeName(), missed.code(), missed.reason()));
  }

  private static void removed(SnapshotDraft draft, Member member, Holder holder) {
    SnapshotSet set = draft.set();
    switch (set.phase()) {
      case SetPhase.Deleting deleting -> {
        SetPhase.Left gone = new SetPhase.Left(member.volume(), holder);
        List<SetPhase.Left> left =
            deleting.left().stream().filter(other -> !other.equals(gone)).toList();
        if (left.size() < deleting.left().size()) {
          draft.become(set.in(new SetPhase.Deleting(deleting.takenAt(), left), set.updatedAt()));
        }
      }
      case SetPhase.Ready _ -> {
        // Its replica was replaced. The set stays, however few are left: only a person gives it up.
        if (member.phase() instanceof MemberPhase.Taken taken && taken.holders().contains(holder)) {
          List<Holder> left = taken.holders().stream().filter(h -> !h.equals(holder)).toList();
          draft.become(
              set.with(
                  member.in(
                      new MemberPhase.Taken(
                          taken.epoch(), taken.sizeBytes(), left, taken.heldMs())),
                  draft.now()));
        }
      }
      case SetPhase.Holding _ -> {}
      case SetPhase.Taking _ -> {}
      case SetPhase.Failed _ -> {}
    }
  }

  void timePassed(SnapshotDraft draft) {
    SnapshotSet set = draft.set();
    switch (set.phase()) {
      case SetPhase.Holding holding -> {
        if (!failIfLost(draft) && !failIfLate(draft, holding.deadline())) {
          askForNodes(draft, holding.deadline());
        }
      }
      case SetPhase.Taking taking -> {
        if (!failIfLost(draft)) {
          failIfLate(draft, taking.deadline());
        }
      }
      case SetPhase.Failed _ -> {
        if (!set.updatedAt().plus(SnapshotDecider.FAILED_KEPT).isAfter(draft.now())) {
          draft.vanish();
        }
      }
      case SetPhase.Ready _ -> {}
      case SetPhase.Deleting _ -> {}
    }
  }

  /** A head that held, and a volume, are needed until the snapshot is taken; then neither is. */
  private boolean failIfLost(SnapshotDraft draft) {
    for (Member member : draft.set().members()) {
      if (member.isTaken()) {
        continue;
      }
      Optional<VolumeOutline> volume =
          view.volume(member.volume()).filter(v -> v.standing().phase() != VolumePhase.DELETING);
      if (volume.isEmpty()) {
        fail(
            draft,
            SnapshotRefusals.VOLUME_GONE,
            "volume '%s' was deleted".formatted(member.volumeName()));
        return true;
      }
      if (failIfHalf(draft, member)) {
        return true;
      }
      if (member.phase() instanceof MemberPhase.Held held
          && volume.get().standing().epoch() > held.epoch()) {
        fail(draft, SnapshotRefusals.HEAD_CHANGED, headChanged(member));
        return true;
      }
    }
    return false;
  }

  /** Somebody was given the volume meanwhile to fill it: the snapshot could be a mixture. */
  private boolean failIfHalf(SnapshotDraft draft, Member member) {
    boolean half = view.volume(member.volume()).filter(v -> v.standing().half()).isPresent();
    if (half) {
      fail(
          draft,
          SnapshotRefusals.HALF,
          "volume '%s' is half: somebody writes all of its content anew"
              .formatted(member.volumeName()));
    }
    return half;
  }

  private static String headChanged(Member member) {
    return "volume '%s': the head that held its writes back is not the one that has it now"
        .formatted(member.volumeName());
  }

  private boolean failIfLate(SnapshotDraft draft, Instant deadline) {
    if (deadline.isAfter(draft.now())) {
      return false;
    }
    String missing =
        draft.set().members().stream()
            .filter(member -> !member.isTaken())
            .map(this::whatIsMissing)
            .collect(Collectors.joining("; "));
    fail(draft, SnapshotRefusals.TOO_LATE, missing);
    return true;
  }

  private String whatIsMissing(Member member) {
    String state =
        member.phase() instanceof MemberPhase.Held
            ? "its writes were held back, its snapshot was not taken"
            : "no head has answered";
    @Nullable VolumeOutline volume = view.volume(member.volume()).orElse(null);
    return volume == null
        ? "volume '%s': %s".formatted(member.volumeName(), state)
        : "volume '%s', %s%s: %s"
            .formatted(
                member.volumeName(),
                volume.standing().phase(),
                volume.holder() == null ? "" : " to " + volume.holder(),
                state);
  }

  private void askForNodes(SnapshotDraft draft, Instant deadline) {
    for (Member member : draft.set().members()) {
      if (member.phase() instanceof MemberPhase.Waiting waiting
          && (waiting.askedAt() == null
              || !waiting.askedAt().plus(ASKED_AGAIN).isAfter(draft.now()))) {
        view.volume(member.volume()).ifPresent(volume -> askForNode(draft, volume, deadline));
      }
    }
  }

  /** Has a node take the volume for the time of the snapshot, if it belongs to nobody. */
  static void askForNode(SnapshotDraft draft, VolumeOutline volume, Instant deadline) {
    Member member = draft.set().member(volume.id()).orElseThrow();
    if (volume.standing().phase() != VolumePhase.DETACHED
        || volume.standing().task() != null
        || !(member.phase() instanceof MemberPhase.Waiting waiting)) {
      return;
    }
    int asks = waiting.asks() + 1;
    draft.become(
        draft
            .set()
            .with(member.in(new MemberPhase.Waiting(asks, draft.now())), draft.set().updatedAt()));
    draft.add(
        new SnapshotEffect.AskForNode(
            new SnapshotKey(draft.set().id().value(), volume.id(), member.snapshotId()),
            member.snapshotId() + "/" + asks,
            deadline));
  }

  private static void fail(SnapshotDraft draft, String code, String reason) {
    draft.enter(new SetPhase.Failed(code, reason));
    draft.announce(new SnapshotEffect.Fact.Failed(code, reason));
  }
}
