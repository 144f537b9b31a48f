package io.mooring.migrator.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.plane.FakeVolume;
import io.mooring.s3server.S3Server;
import io.mooring.schemas.MigrationVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restore with {@code replace} is about a volume that somebody else attaches: before it begins,
 * between two attempts, and under its hands. Not a byte of his is written over.
 */
class FillGuardTest {

  private static final byte[] BACKED_UP = content(1);
  private static final byte[] THEIRS = content(2);

  @TempDir private static Path folder;
  private static S3Server s3;

  private RestoreBed bed;
  private FakeVolume volume;
  private MigrationVolume planned;

  @BeforeAll
  static void startStore() throws IOException {
    s3 = S3Server.start(folder);
  }

  @AfterAll
  static void stopStore() {
    s3.close();
  }

  @BeforeEach
  void planRestore(TestInfo test) throws IOException {
    String bucket = test.getTestMethod().orElseThrow().getName().toLowerCase();
    bed = new RestoreBed(s3, bucket.substring(0, Math.min(60, bucket.length())), BACKED_UP);
    volume = bed.plane.volume(RestoreBed.VOLUME, RestoreBed.SIZE, Map.of("repl", "2"));
    planned = bed.planned(volume);
  }

  @AfterEach
  void leaveNothing() {
    bed.close();
  }

  @Test
  void aVolumeThatNobodyElseHasIsFilledAndGivenBack() throws Exception {
    MigrationVolume filled = bed.fill(planned, 1).volumes().getFirst();

    assertThat(volume.device().content()).isEqualTo(BACKED_UP);
    assertThat(volume.phase()).isEqualTo("DETACHED");
    assertThat(filled.getEpoch()).isEqualTo(volume.epoch());
    assertThat(volume.isHalf()).isFalse();
  }

  @Test
  void aVolumeWhoseRestoreFailedStaysHalfAndAnotherRestoreMakesItWhole() throws Exception {
    failedOnce();
    assertThat(volume.isHalf()).isTrue();
    bed.release(planned, 1);
    assertThat(volume.phase()).isEqualTo("DETACHED");
    assertThat(volume.isHalf()).as("as long as nobody has filled it").isTrue();

    bed.fill(planned, 1);

    assertThat(volume.isHalf()).isFalse();
  }

  @Test
  void aVolumeThatARestoreHasMadeAndNotBegunToFillIsHalf() throws Exception {
    bed.plane.remove(RestoreBed.VOLUME);
    bed.plane.beforeNext(
        "publish",
        () -> {
          volume = bed.plane.find(RestoreBed.VOLUME).orElseThrow();
          assertThat(volume.epoch()).isEqualTo(1);
          assertThat(volume.isHalf()).isTrue();
        });

    bed.fill(bed.unmade(), 1);

    assertThat(volume.isHalf()).isFalse();
    assertThat(volume.device().content()).isEqualTo(BACKED_UP);
  }

  @Test
  void whatWasFilledAndGivenBackBeforeItsReportWasLostIsComplete() throws Exception {
    MigrationVolume first = bed.fill(planned, 1).volumes().getFirst();
    theyAttachAndWrite("n1");

    MigrationVolume second = bed.fill(planned, 2).volumes().getFirst();

    assertThat(second.getEpoch()).isEqualTo(first.getEpoch());
    assertThat(second.getVolumeId()).isEqualTo(volume.id());
    assertThat(second.getDoneBytes()).isEqualTo(RestoreBed.SIZE);
    assertThat(volume.holder()).isEqualTo("n1");
    assertThat(volume.device().content()).isEqualTo(THEIRS);
  }

  @Test
  void whatAnEarlierRestoreOfThisNameHasFilledIsNotTakenForIt() throws Exception {
    bed.fill(planned, 1);
    volume.device().put(0, THEIRS);
    MigrationVolume later = bed.planned(volume);

    bed.fill(later, 1);

    assertThat(volume.device().content()).isEqualTo(BACKED_UP);
  }

  @Test
  void whatIsTakenAwayByForceWhenItIsFullIsWhole() throws Exception {
    bed.plane.beforeNext("unpublish", volume::fence);

    bed.fill(planned, 1);

    assertThat(volume.isHalf()).isFalse();
  }

  @Test
  void whatIsTakenAwayAndBegunAnewBeforeItIsGivenBackIsComparedAgain() throws Exception {
    bed.plane.beforeNext(
        "unpublish",
        () -> {
          volume.fence();
          volume.attachToFillAndDetach("n2", "restore back");
        });
    assertThatThrownBy(() -> bed.fill(planned, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("MIG-085");
    assertThat(volume.isHalf()).isTrue();

    bed.fill(planned, 2);

    assertThat(volume.isHalf()).isFalse();
  }

  @Test
  void aVolumeManagerThatKnowsNoFillingsIsNoticedBeforeAnythingIsWritten() {
    volume.device().put(0, THEIRS);
    bed.plane.knowNoFillings();
    assertThatThrownBy(() -> bed.fill(planned, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("MIG-084");
    assertThat(volume.device().content()).isEqualTo(THEIRS);
  }

  @Test
  void aVolumeThatIsAttachedBeforeTheFirstAttemptIsNotWrittenTo() {
    theyAttachAndWrite("n1");
    refused(1);
    assertThat(volume.holder()).isEqualTo("n1");
  }

  @Test
  void aVolumeThatWasAttachedBeforeTheFirstAttemptIsNotWrittenTo() {
    theyAttachAndWrite("n1");
    volume.detach();
    refused(1);
  }

  @Test
  void aVolumeThatIsAttachedOnAnotherNodeBetweenAttemptsIsNotWrittenTo() throws Exception {
    failedOnce();
    volume.fence();
    theyAttachAndWrite("n2");
    refused(2);
    assertThat(volume.holder()).isEqualTo("n2");
  }

  @Test
  void aVolumeThatIsAttachedOnTheSameNodeBetweenAttemptsIsNotWrittenTo() throws Exception {
    failedOnce();
    volume.fence();
    theyAttachAndWrite("n1");
    refused(2);
    assertThat(volume.holder()).isEqualTo("n1");
  }

  @Test
  void aVolumeThatWasWrittenToBetweenAttemptsIsNotWrittenTo() throws Exception {
    failedOnce();
    volume.fence();
    theyAttachAndWrite("n1");
    volume.detach();
    refused(2);
    refused(3);
  }

  @Test
  void aVolumeIsNotTakenFromASilentNodeOfSomebodyElse() throws Exception {
    failedOnce();
    volume.fence();
    theyAttachAndWrite("n1");
    bed.plane.kill("n1");
    refused(3);
    assertThat(volume.holder()).isEqualTo("n1");
    assertThat(bed.plane.fenced()).isZero();
  }

  @Test
  void aVolumeIsTakenFromASilentNodeThatHasItForThisRestore() throws Exception {
    failedOnce();
    bed.plane.kill("n1");
    assertThatThrownBy(() -> bed.fill(planned, 2)).isInstanceOf(IOException.class);
    assertThat(bed.plane.fenced()).isZero();

    bed.fill(planned, 3);

    assertThat(bed.plane.fenced()).isEqualTo(1);
    assertThat(volume.device().content()).isEqualTo(BACKED_UP);
    assertThat(volume.phase()).isEqualTo("DETACHED");
  }

  @Test
  void aPublishWhoseAnswerIsLostIsRepeated() throws Exception {
    long before = volume.epoch();
    bed.plane.loseAnswers(1);
    assertThatThrownBy(() -> bed.fill(planned, 1)).hasMessageContaining("VOL-092");

    bed.fill(planned, 2);

    assertThat(volume.epoch()).isEqualTo(before + 1);
    assertThat(volume.device().content()).isEqualTo(BACKED_UP);
  }

  @Test
  void anEpochThatRisesWithoutAPublicationHindersNothing() throws Exception {
    failedOnce();
    volume.fence();

    bed.fill(planned, 2);

    assertThat(volume.device().content()).isEqualTo(BACKED_UP);
  }

  @Test
  void whatIsTakenAwayAndAttachedThereBeforeItIsExportedIsNotWrittenTo() {
    bed.plane.beforeNextExport(() -> {
      volume.fence();
      theyAttachAndWrite("n1");
    });
    assertThatThrownBy(() -> bed.fill(planned, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("CSI-025");
    assertThat(volume.device().content()).isEqualTo(THEIRS);
    refused(2);
  }

  @Test
  void aVolumeManagerThatKnowsNoPurposesIsNoticedBeforeAnythingIsWritten() {
    volume.device().put(0, THEIRS);
    bed.plane.knowNoPurposes();
    assertThatThrownBy(() -> bed.fill(planned, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("MIG-084");
    assertThat(volume.device().content()).isEqualTo(THEIRS);
  }

  @Test
  void aVolumeThatThisRestoreHasMadeIsNotWrittenToOnceSomebodyAttachedIt() throws Exception {
    bed.plane.remove(RestoreBed.VOLUME);
    bed.plane.kill("n1");
    bed.plane.kill("n2");
    assertThatThrownBy(() -> bed.fill(bed.unmade(), 1)).isInstanceOf(IOException.class);
    bed.plane.revive("n1");
    bed.plane.revive("n2");
    volume = bed.plane.find(RestoreBed.VOLUME).orElseThrow();
    assertThat(volume.parameters()).containsEntry(KnownVolume.RESTORED_BY, "back");
    volume.fence();
    theyAttachAndWrite("n1");
    volume.detach();
    planned = bed.unmade();
    refused(2);
  }

  @Test
  void aRestoreThatFailsGivesBackOnlyWhatItHas() throws Exception {
    failedOnce();
    volume.fence();
    theyAttachAndWrite("n1");
    bed.plane.kill("n1");
    bed.release(planned, 3);
    assertThat(volume.holder()).isEqualTo("n1");
    assertThat(bed.plane.fenced()).isZero();
  }

  @Test
  void aRestoreThatFailsGivesBackWhatItHas() throws Exception {
    failedOnce();
    bed.release(planned, 1);
    assertThat(volume.phase()).isEqualTo("DETACHED");

    failedOnce();
    bed.plane.kill("n1");
    bed.release(planned, 3);
    assertThat(volume.phase()).isEqualTo("DETACHED");
    assertThat(bed.plane.fenced()).isEqualTo(1);
  }

  /** The volume is published to n1 for the restore, and nothing is written. */
  private void failedOnce() throws IOException {
    bed.plane.kill("n1");
    bed.plane.kill("n2");
    assertThatThrownBy(() -> bed.fill(planned, 1)).isInstanceOf(IOException.class);
    bed.plane.revive("n1");
    bed.plane.revive("n2");
    assertThat(volume.holder()).isEqualTo("n1");
  }

  private void theyAttachAndWrite(String node) {
    volume.attach(node);
    volume.device().put(0, THEIRS);
  }

  private void refused(int attempt) {
    long epoch = volume.epoch();
    assertThatThrownBy(() -> bed.fill(planned, attempt))
        .isInstanceOf(WorkRefusedException.class)
        .hasMessageContaining("MIG-069");
    assertThat(volume.device().content()).isEqualTo(THEIRS);
    assertThat(volume.epoch()).isEqualTo(epoch);
  }

  private static byte[] content(int seed) {
    byte[] content = new byte[RestoreBed.SIZE];
    new SplittableRandom(seed).nextBytes(content);
    return content;
  }
}
