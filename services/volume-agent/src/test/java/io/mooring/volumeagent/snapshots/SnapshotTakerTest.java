package io.mooring.volumeagent.snapshots;

import static io.mooring.schemas.SnapshotMemberPhase.HELD;
import static io.mooring.schemas.SnapshotMemberPhase.MISSED;
import static io.mooring.schemas.SnapshotMemberPhase.TAKEN;
import static io.mooring.schemas.SnapshotMemberPhase.WAITING;
import static io.mooring.schemas.SnapshotSetPhase.FAILED;
import static io.mooring.schemas.SnapshotSetPhase.HOLDING;
import static io.mooring.schemas.SnapshotSetPhase.TAKING;
import static io.mooring.volumeagent.snapshots.SetStates.member;
import static io.mooring.volumeagent.snapshots.SetStates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMemberPhase;
import io.mooring.schemas.SnapshotMissed;
import io.mooring.schemas.SnapshotReport;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.WritesHeld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an agent does for sets, with a real head. */
@Timeout(60)
class SnapshotTakerTest {

  private static final long EPOCH = 3;
  private static final SnapshotMember ELSEWHERE = member("vol-elsewhere", "x", WAITING);

  @TempDir Path directory;

  private final SnapshotSets sets = new SnapshotSets();
  private final List<SnapshotReport> reports = new CopyOnWriteArrayList<>();
  private OneVolume volume;
  private SnapshotTaker taker;
  private volatile boolean half;

  @BeforeEach
  void start() throws IOException {
    volume = new OneVolume(directory, EPOCH);
    taker =
        SnapshotTaker.start(
            sets,
            id -> id.equals(OneVolume.ID) ? Optional.of(volume.head) : Optional.empty(),
            id -> half,
            new SnapshotReports("n1", (report, cause) -> reports.add(report)),
            new SnapshotCounters());
    sets.onReplay();
  }

  @AfterEach
  void stop() throws IOException {
    taker.close();
    volume.close();
  }

  @Test
  void writesAreHeldUntilTheSnapshotIsTaken() throws Exception {
    sets.onCaughtUp();
    say(HOLDING, mine(WAITING, 0), ELSEWHERE);
    await().until(() -> reports.size() == 1);
    assertThat(((WritesHeld) reports.getFirst().getDetail()).getEpoch()).isEqualTo(EPOCH);
    CompletableFuture<Void> written = volume.write();
    // Said again, by a change of another member.
    say(HOLDING, mine(HELD, EPOCH), ELSEWHERE);
    assertThat(written).isNotDone();

    say(TAKING, mine(HELD, EPOCH), ELSEWHERE);

    written.get(20, TimeUnit.SECONDS);
    await().until(() -> reports.size() == 2);
    SnapshotTaken taken = (SnapshotTaken) reports.getLast().getDetail();
    assertThat(taken.getEpoch()).isEqualTo(EPOCH);
    assertThat(taken.getReplicaIds()).containsExactly(OneVolume.REPLICA);
    say(TAKING, mine(TAKEN, EPOCH), ELSEWHERE);
    assertThat(volume.snapshots()).containsExactly("x");
    assertThat(reports).hasSize(2);
  }

  @Test
  void aSetThatFailsReleasesTheWrites() throws Exception {
    sets.onCaughtUp();
    say(HOLDING, mine(WAITING, 0), ELSEWHERE);
    await().until(() -> reports.size() == 1);
    long heldAt = System.nanoTime();
    CompletableFuture<Void> written = volume.write();

    say(FAILED, mine(MISSED, 0), ELSEWHERE);

    written.get(20, TimeUnit.SECONDS);
    // The head itself gives up after two seconds.
    assertThat(System.nanoTime() - heldAt).isLessThan(TimeUnit.MILLISECONDS.toNanos(1800));
    assertThat(volume.snapshots()).isEmpty();
  }

  @Test
  void aSetThatIsGoneReleasesTheWrites() throws Exception {
    sets.onCaughtUp();
    say(HOLDING, mine(WAITING, 0), ELSEWHERE);
    await().until(() -> reports.size() == 1);
    long heldAt = System.nanoTime();

    sets.onState("s", null, null);

    volume.write().get(20, TimeUnit.SECONDS);
    assertThat(System.nanoTime() - heldAt).isLessThan(TimeUnit.MILLISECONDS.toNanos(1800));
  }

  @Test
  void aSetOfOneIsTakenWithoutBeingHeldFirst() {
    sets.onCaughtUp();

    say(TAKING, mine(WAITING, 0));

    await().until(() -> reports.size() == 1);
    assertThat(reports.getFirst().getDetail()).isInstanceOf(SnapshotTaken.class);
    assertThat(volume.snapshots()).containsExactly("x");
  }

  @Test
  void whatWasUnderWayWhenTheAgentStartedIsMissed() {
    sets.onState("s", set("s", HOLDING, mine(WAITING, 0), ELSEWHERE), null);
    sets.onCaughtUp();

    assertMissed("SNP-061");
    say(TAKING, mine(HELD, EPOCH), ELSEWHERE);
    say(FAILED, mine(MISSED, 0), ELSEWHERE);
    assertThat(reports).hasSize(1);
    assertThat(volume.snapshots()).isEmpty();
  }

  @Test
  void aSetOfOneThatWasUnderWayWhenTheAgentStartedIsMissed() {
    sets.onState("s", set("s", TAKING, mine(WAITING, 0)), null);
    sets.onCaughtUp();

    assertMissed("SNP-061");
    assertThat(volume.snapshots()).isEmpty();
  }

  @Test
  void whatAnEarlierRunHasTakenIsLeftAlone() {
    sets.onState("s", set("s", TAKING, mine(TAKEN, EPOCH), ELSEWHERE), null);
    sets.onCaughtUp();
    say(TAKING, mine(TAKEN, EPOCH), member("vol-elsewhere", "x", TAKEN));

    taker.headServes("s", OneVolume.ID);
    sets.onState("t", set("t", TAKING, member(OneVolume.ID, "y", WAITING)), null);

    await().until(() -> !reports.isEmpty());
    assertThat(reports).allMatch(report -> report.getSetId().equals("t"));
  }

  @Test
  void aHeadThatDidNotHoldTakesNothing() {
    sets.onCaughtUp();

    say(TAKING, mine(HELD, EPOCH), ELSEWHERE);

    assertMissed("SNP-062");
    assertThat(volume.snapshots()).isEmpty();
  }

  @Test
  void theHoldOfAnotherEpochIsNotThisOne() {
    sets.onCaughtUp();
    say(HOLDING, mine(WAITING, 0), ELSEWHERE);
    await().until(() -> reports.size() == 1);
    reports.clear();

    say(TAKING, mine(HELD, EPOCH - 1), ELSEWHERE);

    assertMissed("SNP-062");
    assertThat(volume.snapshots()).isEmpty();
  }

  @Test
  void ofAVolumeThatIsHalfNothingIsTaken() {
    half = true;
    sets.onCaughtUp();

    say(HOLDING, mine(WAITING, 0), ELSEWHERE);
    assertMissed("SNP-066");
    say(FAILED, mine(MISSED, 0), ELSEWHERE);
    reports.clear();
    say(TAKING, mine(WAITING, 0));

    assertMissed("SNP-066");
    assertThat(volume.snapshots()).isEmpty();
  }

  @Test
  void anotherAttemptIsHeldAnew() {
    sets.onCaughtUp();
    say(HOLDING, mine(WAITING, 0), ELSEWHERE);
    await().until(() -> reports.size() == 1);

    say(HOLDING, member(OneVolume.ID, "x2", WAITING), member("vol-elsewhere", "x2", WAITING));

    await().until(() -> reports.size() == 2);
    assertThat(reports.getLast().getSnapshotId()).isEqualTo("x2");
    say(TAKING, member(OneVolume.ID, "x2", HELD), member("vol-elsewhere", "x2", HELD));
    await().until(() -> reports.size() == 3);
    assertThat(reports.getLast().getDetail()).isInstanceOf(SnapshotTaken.class);
    assertThat(volume.snapshots()).containsExactly("x2");
  }

  private void assertMissed(String code) {
    await().until(() -> !reports.isEmpty());
    assertThat(reports).hasSize(1);
    assertThat(((SnapshotMissed) reports.getFirst().getDetail()).getCode()).isEqualTo(code);
  }

  private static SnapshotMember mine(SnapshotMemberPhase phase, long epoch) {
    SnapshotMember member = member(OneVolume.ID, "x", phase);
    member.setEpoch(epoch);
    return member;
  }

  private void say(SnapshotSetPhase phase, SnapshotMember... members) {
    sets.onState("s", set("s", phase, members), null);
  }
}
