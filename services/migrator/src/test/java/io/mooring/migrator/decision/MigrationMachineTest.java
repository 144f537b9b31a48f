package io.mooring.migrator.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRefused;
import io.mooring.schemas.MigrationRuleAction;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.MigrationVolume;
import io.mooring.schemas.PairMode;
import io.mooring.schemas.StartMigration;
import io.mooring.schemas.StepEntered;
import io.mooring.schemas.TaskOutcome;
import io.mooring.schemas.TransferStatus;
import io.mooring.schemas.TransferTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Each step leads to the next once, and each failure to an end that clears up. */
class MigrationMachineTest {

  private static final MigrationSpec OBJECTS_ONLY =
      MigrationSpec.newBuilder().setBackup("b").setNamespace("a").setIncludeVolumes(false).build();

  private static final MigrationSpec KEPT =
      MigrationSpec.newBuilder(Course.BROKERS).setKeepSnapshots(true).build();

  private final Course course = new Course();

  @Test
  void aMigrationGoesThroughItsStepsInOrder() {
    course.start("one", MigrationKind.MIGRATION, Course.BROKERS, PairMode.DEFAULT);
    course.finish("one");
    assertThat(steps())
        .containsExactly(
            MigrationStep.SNAPSHOT,
            MigrationStep.UPLOAD,
            MigrationStep.SEAL,
            MigrationStep.RELEASE,
            MigrationStep.HANDOVER);
    assertThat(state("one").getStatus()).isEqualTo(MigrationStatus.SUCCESSFUL);
    assertThat(state("one").getStage()).isEqualTo(MigrationStage.FINAL);
    assertThat(state("one").getSnapshotSet()).isEmpty();
    assertThat(state("one").getVolumes())
        .allMatch(volume -> volume.getStatus() == TransferStatus.COMPLETE);
  }

  @Test
  void aGroupSnapshotStaysWhereItIsOnceTheRuleAfterItHasRun() {
    startSnapshot();
    done("SNAPSHOT");
    assertThat(course.tasks).containsOnlyKeys("one/UPLOAD");
    done("UPLOAD");
    done("SEAL");
    assertThat(state("one").getStatus()).isEqualTo(MigrationStatus.SUCCESSFUL);
    assertThat(state("one").getSnapshotSet()).isEqualTo("set-one");
    assertThat(state("one").getVolumes())
        .allMatch(volume -> volume.getStatus() == TransferStatus.COMPLETE);
  }

  @Test
  void aGroupSnapshotWhoseRuleFailsAfterwardsIsDeleted() {
    startSnapshot();
    done("SNAPSHOT");
    course.report(course.task("UPLOAD"), TaskOutcome.REFUSED, List.of());
    assertThat(course.tasks).containsOnlyKeys("one/RELEASE");
    course.finish("one");
    assertThat(state("one").getStatus()).isEqualTo(MigrationStatus.FAILED);
    assertThat(state("one").getSnapshotSet()).isEmpty();
  }

  /** A backup would read only what changed since, and delete the snapshots afterwards. */
  @Test
  void aGroupSnapshotIsNobodysBase() {
    startSnapshot();
    course.finish("one");
    course.start("two", MigrationKind.SNAPSHOT, KEPT, PairMode.DEFAULT);
    assertThat(state("two").getBaseSet()).isEmpty();
  }

  private void startSnapshot() {
    MigrationRuleItem item =
        new MigrationRuleItem(
            Map.of("app", "kafka"), "", List.of(new MigrationRuleAction("sync", false, false)));
    course.start(
        "one",
        "key",
        StartMigration.newBuilder()
            .setKind(MigrationKind.SNAPSHOT)
            .setSpec(MigrationSpec.newBuilder(KEPT).setNamespace("kafka").build())
            .setPostRule(List.of(item))
            .build());
  }

  @Test
  void aRestoreCreatesObjectsOnlyAfterAllVolumesAreChecked() {
    restore();
    course.report(course.task("PLAN"), TaskOutcome.DONE, Course.found(course.task("PLAN")));
    TransferTask first = course.task("FILL/data-0");
    course.report(first, TaskOutcome.DONE, Course.found(first));
    assertThat(state("back").getStep()).isEqualTo(MigrationStep.FILL);
    assertThat(state("back").getStage()).isEqualTo(MigrationStage.VOLUMES);
    TransferTask second = course.task("FILL/data-1");
    course.report(second, TaskOutcome.DONE, Course.found(second));
    assertThat(state("back").getStep()).isEqualTo(MigrationStep.OBJECTS);
    assertThat(state("back").getStage()).isEqualTo(MigrationStage.APPLICATIONS);
    assertThat(state("back").getVolumes()).extracting(MigrationVolume::getEpoch).containsOnly(7L);
  }

  @Test
  void applicationsAreNotStartedUnlessAskedFor() {
    assertThat(Course.BROKERS.getStartApplications()).isFalse();
    assertThat(Course.BROKERS.getReplace()).isFalse();
  }

  @Test
  void aFailedVolumeFailsTheWholeAndReleasesTheSnapshots() {
    course.start("one", MigrationKind.BACKUP, Course.BROKERS, PairMode.DEFAULT);
    done("SNAPSHOT");
    course.report(course.task("UPLOAD/data-1"), TaskOutcome.REFUSED, List.of());
    assertThat(state("one").getStep()).isEqualTo(MigrationStep.RELEASE);
    assertThat(course.tasks).containsOnlyKeys("one/RELEASE");
    assertThat(course.task("RELEASE").getMigration().getSnapshotSet()).isEqualTo("set-one");
    course.finish("one");
    assertThat(state("one").getStatus()).isEqualTo(MigrationStatus.FAILED);
    assertThat(state("one").getReason()).startsWith("MIG-004");
    assertThat(state("one").getVolumes())
        .extracting(MigrationVolume::getStatus)
        .containsExactly(TransferStatus.CANCELLED, TransferStatus.FAILED);
  }

  @Test
  void aTaskIsTriedAgainWithGrowingPausesAndThenGivenUp() {
    course.start("one", MigrationKind.BACKUP, Course.BROKERS, PairMode.DEFAULT);
    for (int attempt = 1; attempt < MigrationMachine.ATTEMPTS_MAX; attempt++) {
      TransferTask task = course.task("SNAPSHOT");
      assertThat(task.getAttempt()).isEqualTo(attempt);
      course.report(task, TaskOutcome.FAILED, List.of());
    }
    TransferTask last = course.task("SNAPSHOT");
    assertThat(Duration.between(last.getMigration().getUpdatedAt(), last.getNotBefore()))
        .isEqualTo(Duration.ofSeconds(16));
    course.report(last, TaskOutcome.FAILED, List.of());
    course.finish("one");
    assertThat(state("one").getStatus()).isEqualTo(MigrationStatus.FAILED);
  }

  @Test
  void aReportOfAnEarlierTryOrStepSaysNothing() {
    course.start("one", MigrationKind.BACKUP, Course.BROKERS, PairMode.DEFAULT);
    TransferTask first = course.task("SNAPSHOT");
    course.report(first, TaskOutcome.FAILED, List.of());
    assertThat(course.report(first, TaskOutcome.DONE, Course.found(first)))
        .isEqualTo(Decision.NOTHING);
    TransferTask second = course.task("SNAPSHOT");
    course.report(second, TaskOutcome.DONE, Course.found(second));
    assertThat(course.report(second, TaskOutcome.DONE, Course.found(second)))
        .isEqualTo(Decision.NOTHING);
    TransferTask upload = course.task("UPLOAD/data-0");
    course.report(upload, TaskOutcome.DONE, Course.found(upload));
    assertThat(course.report(upload, TaskOutcome.FAILED, List.of())).isEqualTo(Decision.NOTHING);
  }

  @Test
  void aTaskThatIsOverIsNotBegunAgain() {
    restore();
    TransferTask plan = course.task("PLAN");
    assertThat(isOpen(plan)).isTrue();
    course.report(plan, TaskOutcome.DONE, Course.found(plan));
    assertThat(isOpen(plan)).isFalse();
    TransferTask fill = course.task("FILL/data-0");
    course.report(fill, TaskOutcome.FAILED, List.of());
    assertThat(isOpen(fill)).isFalse();
    TransferTask again = course.task("FILL/data-0");
    assertThat(isOpen(again)).isTrue();
    course.report(again, TaskOutcome.DONE, Course.found(again));
    assertThat(isOpen(again)).isFalse();
    course.finish("back");
    assertThat(isOpen(again)).isFalse();
  }

  private boolean isOpen(TransferTask task) {
    return MigrationMachine.isOpen(
        state(task.getMigration().getName()), task.getTaskId(), task.getAttempt());
  }

  @Test
  void whatCannotBeReleasedIsLeftBehindButDoesNotFailWhatArrived() {
    course.start("one", MigrationKind.BACKUP, Course.BROKERS, PairMode.DEFAULT);
    done("SNAPSHOT");
    done("UPLOAD/data-0");
    done("UPLOAD/data-1");
    done("SEAL");
    course.report(course.task("RELEASE"), TaskOutcome.REFUSED, List.of());
    assertThat(state("one").getStatus()).isEqualTo(MigrationStatus.PARTIAL_SUCCESS);
    assertThat(state("one").getLeftBehind()).startsWith("MIG-004");
  }

  @Test
  void whatATaskLeavesBehindIsToldAndDoesNotFailWhatArrived() {
    course.start("one", MigrationKind.RESTORE, OBJECTS_ONLY, PairMode.DEFAULT);
    course.report(course.task("one/PLAN"), TaskOutcome.DONE, List.of());
    course.done(course.task("one/OBJECTS"), "MIG-135 It stays.");
    assertThat(course.states.get("one").getStatus()).isEqualTo(MigrationStatus.PARTIAL_SUCCESS);
    assertThat(course.states.get("one").getLeftBehind()).isEqualTo("MIG-135 It stays.");
  }

  @Test
  void objectsWithoutVolumesGoThroughTheSameStepsBesideThoseWithThem() {
    course.start("all", MigrationKind.MIGRATION, Course.BROKERS, PairMode.DEFAULT);
    MigrationSpec alone = MigrationSpec.newBuilder(Course.BROKERS).setIncludeVolumes(false).build();
    course.start("alone", MigrationKind.MIGRATION, alone, PairMode.DEFAULT);
    course.report(course.task("alone/SNAPSHOT"), TaskOutcome.DONE, List.of());
    assertThat(course.states.get("alone").getStep()).isEqualTo(MigrationStep.SEAL);
    course.finish("alone");
    assertThat(course.states.get("alone").getStatus()).isEqualTo(MigrationStatus.SUCCESSFUL);
  }

  @Test
  void otherNamespacesAreAnotherChoice() {
    MigrationSpec one = MigrationSpec.newBuilder(Course.BROKERS).setNamespace("a").build();
    MigrationSpec two = MigrationSpec.newBuilder(one).setNamespaces(List.of("a", "b")).build();
    course.start("one", MigrationKind.MIGRATION, one, PairMode.DEFAULT);
    course.start("two", MigrationKind.MIGRATION, two, PairMode.DEFAULT);
    course.start("again", MigrationKind.MIGRATION, two, PairMode.DEFAULT);
    assertThat(course.states).containsOnlyKeys("one", "two");
  }

  @Test
  void aCancelledOneClearsUpAndStaysCancelled() {
    course.start("one", MigrationKind.BACKUP, KEPT, PairMode.DEFAULT);
    done("SNAPSHOT");
    course.cancel("one");
    assertThat(course.cancel("one")).isEqualTo(Decision.NOTHING);
    course.finish("one");
    assertThat(state("one").getStatus()).isEqualTo(MigrationStatus.FAILED);
    assertThat(state("one").getReason()).startsWith("MIG-053");
    assertThat(state("one").getSnapshotSet()).isEmpty();
    assertThat(course.cancel("one")).isEqualTo(Decision.NOTHING);
  }

  @Test
  void aFailedRestoreGivesItsAttachmentsBack() {
    restore();
    course.report(course.task("PLAN"), TaskOutcome.DONE, Course.found(course.task("PLAN")));
    course.report(course.task("FILL/data-0"), TaskOutcome.REFUSED, List.of());
    assertThat(course.tasks).containsOnlyKeys("back/RELEASE");
    course.finish("back");
    assertThat(state("back").getStatus()).isEqualTo(MigrationStatus.FAILED);
    assertThat(steps()).doesNotContain(MigrationStep.OBJECTS);
  }

  @Test
  void oneChoiceNeverRunsTwiceAtATime() {
    course.start("one", MigrationKind.MIGRATION, Course.BROKERS, PairMode.DEFAULT);
    Decision second =
        course.start("two", MigrationKind.MIGRATION, Course.BROKERS, PairMode.DEFAULT);
    assertThat(refusal(second)).startsWith("MIG-052");
    course.finish("one");
    assertThat(
            course.start("three", MigrationKind.MIGRATION, Course.BROKERS, PairMode.DEFAULT).next())
        .isPresent();
  }

  @Test
  void aNameIsUsedOnceAndTheSameCommandTakesEffectOnce() {
    course.start("one", MigrationKind.BACKUP, Course.BROKERS, PairMode.DEFAULT);
    assertThat(course.start("one", MigrationKind.BACKUP, Course.BROKERS, PairMode.DEFAULT))
        .isEqualTo(Decision.NOTHING);
    Decision other =
        course.start("one", MigrationKind.BACKUP, Course.BROKERS, PairMode.DEFAULT, "another");
    assertThat(refusal(other)).startsWith("MIG-050");
  }

  @Test
  void everySeventhReadsEverythingUnlessThePairIsForDisasterRecovery() {
    List<String> bases = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      course.start("m" + i, MigrationKind.MIGRATION, KEPT, PairMode.DEFAULT);
      bases.add(state("m" + i).getBase());
      course.finish("m" + i);
    }
    assertThat(bases).containsExactly("", "m0", "m1", "m2", "m3", "m4", "m5", "", "m7");
    assertThat(state("m7").getBaseSet()).isEqualTo("set-m6");
    for (int i = 9; i < 20; i++) {
      course.start("m" + i, MigrationKind.MIGRATION, KEPT, PairMode.DISASTER_RECOVERY);
      assertThat(state("m" + i).getBase()).isEqualTo("m" + (i - 1));
      course.finish("m" + i);
    }
    course.start("last", MigrationKind.MIGRATION, KEPT, PairMode.ONE_TIME_MIGRATION);
    assertThat(state("last").getBase()).isEmpty();
  }

  @Test
  void aFailedOneIsNoBaseAndLeavesTheBaseAlone() {
    course.start("good", MigrationKind.BACKUP, KEPT, PairMode.DEFAULT);
    course.finish("good");
    course.start("bad", MigrationKind.BACKUP, KEPT, PairMode.DEFAULT);
    course.report(course.task("bad/SNAPSHOT"), TaskOutcome.REFUSED, List.of());
    course.finish("bad");
    course.start("next", MigrationKind.BACKUP, KEPT, PairMode.DEFAULT);
    assertThat(state("next").getBase()).isEqualTo("good");
  }

  @Test
  void snapshotsOfOneThatTheOtherSideDidNotRestoreAreTheBaseOfTheNext() {
    course.start("good", MigrationKind.MIGRATION, KEPT, PairMode.DEFAULT);
    course.finish("good");
    course.start("bad", MigrationKind.MIGRATION, KEPT, PairMode.DEFAULT);
    done("bad/SNAPSHOT");
    done("bad/UPLOAD/data-0");
    done("bad/UPLOAD/data-1");
    done("bad/SEAL");
    done("bad/RELEASE");
    course.report(course.task("bad/HANDOVER"), TaskOutcome.REFUSED, List.of());
    assertThat(course.tasks).containsOnlyKeys("bad/RECALL");
    course.finish("bad");
    assertThat(state("bad").getStatus()).isEqualTo(MigrationStatus.FAILED);
    course.start("next", MigrationKind.MIGRATION, KEPT, PairMode.DEFAULT);
    assertThat(state("next").getBase()).isEqualTo("bad");
    assertThat(state("next").getBaseSet()).isEqualTo("set-bad");
  }

  /** Reports come in any order, twice, late and of failures: each run ends, and ends cleared up. */
  @Test
  void everyCourseEnds() {
    for (int seed = 0; seed < 500; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      Course story = new Course();
      MigrationKind kind = MigrationKind.values()[random.nextInt(3)];
      story.start("one", kind, Course.BROKERS, PairMode.DEFAULT);
      List<TransferTask> seen = new ArrayList<>();
      int steps = 0;
      while (story.states.get("one").getStep() != MigrationStep.END) {
        assertThat(steps++).as("seed %d", seed).isLessThan(2000);
        seen.addAll(story.openOf("one"));
        TransferTask task = seen.get(random.nextInt(seen.size()));
        TaskOutcome outcome =
            random.nextInt(10) == 0
                ? TaskOutcome.FAILED
                : TaskOutcome.values()[random.nextInt(20) == 0 ? 3 : random.nextInt(2)];
        story.report(task, outcome, Course.found(task));
      }
      MigrationState end = story.states.get("one");
      assertThat(story.tasks).as("seed %d", seed).isEmpty();
      assertThat(end.getSnapshotSet().isEmpty() || !end.getLeftBehind().isEmpty()).isTrue();
      assertThat(end.getStatus() == MigrationStatus.FAILED).isEqualTo(!end.getReason().isEmpty());
      if (end.getStatus() != MigrationStatus.FAILED) {
        assertThat(end.getVolumes())
            .allMatch(volume -> volume.getStatus() == TransferStatus.COMPLETE);
      }
    }
  }

  private void restore() {
    course.start(
        "back",
        MigrationKind.RESTORE,
        MigrationSpec.newBuilder().setBackup("one").build(),
        PairMode.DEFAULT);
  }

  private void done(String task) {
    TransferTask open = course.task(task);
    course.report(open, TaskOutcome.DONE, Course.found(open));
  }

  private MigrationState state(String name) {
    return course.states.get(name);
  }

  private List<MigrationStep> steps() {
    return course.events.stream()
        .filter(event -> event.getDetail() instanceof StepEntered)
        .map(event -> ((StepEntered) event.getDetail()).getStep())
        .toList();
  }

  private static String refusal(Decision decision) {
    return ((MigrationRefused) decision.events().getFirst().getDetail()).getMessage();
  }
}
