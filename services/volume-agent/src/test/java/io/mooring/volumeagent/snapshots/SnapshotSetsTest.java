package io.mooring.volumeagent.snapshots;

import static io.mooring.schemas.SnapshotMemberPhase.TAKEN;
import static io.mooring.schemas.SnapshotMemberPhase.WAITING;
import static io.mooring.schemas.SnapshotSetPhase.DELETING;
import static io.mooring.schemas.SnapshotSetPhase.FAILED;
import static io.mooring.schemas.SnapshotSetPhase.HOLDING;
import static io.mooring.schemas.SnapshotSetPhase.READY;
import static io.mooring.schemas.SnapshotSetPhase.TAKING;
import static io.mooring.volumeagent.snapshots.SetStates.member;
import static io.mooring.volumeagent.snapshots.SetStates.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.SnapshotSetPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotSetsTest {

  private final SnapshotSets sets = new SnapshotSets();
  private final List<String> told = new ArrayList<>();

  SnapshotSetsTest() {
    sets.listen(
        new SnapshotSetListener() {
          @Override
          public void onSet(KnownSet set) {
            told.add(set.setId() + " " + set.state().getPhase() + (set.found() ? " found" : ""));
          }

          @Override
          public void onGone(KnownSet last) {
            told.add(last.setId() + " gone");
          }
        });
  }

  @Test
  void nothingFollowsFromWhatWasTrueOnceDuringAReplay() {
    sets.onReplay();
    say("s1", HOLDING, "x");
    say("s1", TAKING, "x");
    say("s2", HOLDING, "y");
    sets.onState("s2", null, null);
    assertThat(told).isEmpty();

    sets.onCaughtUp();

    assertThat(told).containsExactly("s1 TAKING found");
  }

  @Test
  void aSetThatWasThereAtTheStartStaysFoundUntilItIsTakenAnew() {
    sets.onReplay();
    say("s1", HOLDING, "x");
    sets.onCaughtUp();
    say("s1", TAKING, "x");
    say("s1", FAILED, "x");
    say("s1", HOLDING, "x2");
    say("s2", HOLDING, "y");

    assertThat(told)
        .containsExactly(
            "s1 HOLDING found", "s1 TAKING found", "s1 FAILED found", "s1 HOLDING", "s2 HOLDING");
  }

  @Test
  void aLaterReplayTellsWhatIsGoneAndMakesNothingFound() {
    sets.onReplay();
    sets.onCaughtUp();
    say("s1", READY, "x");
    say("s2", READY, "y");
    told.clear();

    sets.onReplay();
    say("s2", READY, "y");
    say("s3", HOLDING, "z");
    sets.onCaughtUp();

    assertThat(told).containsExactly("s1 gone", "s2 READY", "s3 HOLDING");
    assertThat(sets.find("s1")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = SnapshotSetPhase.class,
      names = {"HOLDING", "TAKING"})
  void whileASetIsTakenEveryReplicaKeepsItsSnapshot(SnapshotSetPhase phase) {
    KnownSet set = new KnownSet(set("s", phase, member("v", "x", WAITING)), null, false);

    assertThat(set.lists("v", "x", "r1")).isTrue();
    assertThat(set.lists("v", "other", "r1")).isFalse();
    assertThat(set.lists("w", "x", "r1")).isFalse();
  }

  @Test
  void aCompleteSetIsKeptByItsHoldersOnly() {
    KnownSet set = new KnownSet(set("s", READY, member("v", "x", TAKEN, "r1", "r2")), null, false);

    assertThat(set.lists("v", "x", "r1")).isTrue();
    assertThat(set.lists("v", "x", "r3")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = SnapshotSetPhase.class,
      names = {"FAILED", "DELETING"})
  void whatFailedOrIsBeingDeletedIsKeptByNobody(SnapshotSetPhase phase) {
    KnownSet set = new KnownSet(set("s", phase, member("v", "x", TAKEN, "r1")), null, false);

    assertThat(set.lists("v", "x", "r1")).isFalse();
  }

  @Test
  void onlyASnapshotOfACompleteSetIsGood() {
    sets.onReplay();
    sets.onCaughtUp();
    sets.onState("s", set("s", TAKING, member("v", "x", TAKEN, "r1")), null);
    assertThat(sets.isGood("v", "x", "r1")).isFalse();
    sets.onState("s", set("s", READY, member("v", "x", TAKEN, "r1")), null);
    assertThat(sets.isGood("v", "x", "r1")).isTrue();
    assertThat(sets.isGood("v", "x", "r2")).isFalse();
    assertThat(sets.holders("s", "v", "x")).hasSize(1);
    sets.onState("s", set("s", DELETING, member("v", "x", TAKEN, "r1")), null);
    assertThat(sets.isGood("v", "x", "r1")).isFalse();
    assertThat(sets.holders("s", "v", "x")).isEmpty();
  }

  @Test
  void theWaitEndsWithTheSetOrItsAttempt() throws InterruptedException {
    sets.onReplay();
    sets.onCaughtUp();
    assertThat(isOver()).isTrue();
    say("s1", HOLDING, "x");
    assertThat(isOver()).isFalse();
    say("s1", READY, "x");
    assertThat(isOver()).isTrue();
    say("s1", TAKING, "x2");
    assertThat(isOver()).isTrue();
  }

  private boolean isOver() throws InterruptedException {
    return sets.awaitOver("s1", "v", "x", Duration.ZERO);
  }

  private void say(String setId, SnapshotSetPhase phase, String snapshotId) {
    sets.onState(setId, set(setId, phase, member("v", snapshotId, WAITING)), null);
  }
}
