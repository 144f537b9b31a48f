package io.mooring.migrator.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRefused;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import io.mooring.schemas.PairMode;
import io.mooring.schemas.StepEntered;
import io.mooring.schemas.TaskOutcome;
import io.mooring.schemas.TransferTask;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** An application runs on one side: never on both, and on none only if that is told. */
class FailoverTest {

  private static final MigrationSpec MOVE =
      MigrationSpec.newBuilder(Course.BROKERS)
          .setNamespace("kafka")
          .setSchedule("nightly")
          .setKeepSnapshots(true)
          .setFailover(true)
          .build();

  private final Course course = new Course();

  @Test
  void theApplicationIsStoppedBeforeTheLastSnapshotsAndStartedWhenTheyAreRestored() {
    start(MOVE);
    course.finish("move");
    assertThat(steps())
        .containsExactly(
            MigrationStep.STOP,
            MigrationStep.SNAPSHOT,
            MigrationStep.UPLOAD,
            MigrationStep.SEAL,
            MigrationStep.RELEASE,
            MigrationStep.HANDOVER,
            MigrationStep.ACTIVATE);
    assertThat(state().getStatus()).isEqualTo(MigrationStatus.SUCCESSFUL);
  }

  /** Where it fails, and what is done then. */
  @ParameterizedTest
  @CsvSource({
    "STOP, REVIVE",
    "SNAPSHOT, RELEASE REVIVE",
    "UPLOAD, RELEASE REVIVE",
    "SEAL, RELEASE REVIVE",
    "HANDOVER, RECALL REVIVE",
    "ACTIVATE, DEACTIVATE REVIVE",
  })
  void aFailureLeadsBackToTheSource(MigrationStep failing, String back) {
    start(MOVE);
    goTo(failing);
    int told = steps().size();
    course.report(anyTask(), TaskOutcome.REFUSED, List.of());
    course.finish("move");
    assertThat(steps().subList(told, steps().size()))
        .extracting(MigrationStep::name)
        .containsExactly(back.split(" "));
    assertThat(state().getStatus()).isEqualTo(MigrationStatus.FAILED);
    assertThat(state().getReason()).startsWith("MIG-004");
    assertThat(state().getLeftBehind()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"STOP", "SNAPSHOT", "UPLOAD", "SEAL", "RELEASE", "HANDOVER", "ACTIVATE"})
  void whoeverCancelsItHasItsApplicationBack(MigrationStep step) {
    start(MOVE);
    goTo(step);
    course.cancel("move");
    course.finish("move");
    assertThat(steps().getLast()).isEqualTo(MigrationStep.REVIVE);
    assertThat(state().getReason()).startsWith("MIG-053");
    boolean complete = step == MigrationStep.HANDOVER || step == MigrationStep.ACTIVATE;
    assertThat(state().getSnapshotSet()).isEqualTo(complete ? "set-move" : "");
  }

  @Test
  void aTargetThatMayRunTheApplicationKeepsTheSourceStopped() {
    start(MOVE);
    goTo(MigrationStep.ACTIVATE);
    course.report(anyTask(), TaskOutcome.REFUSED, List.of());
    assertThat(state().getStep()).isEqualTo(MigrationStep.DEACTIVATE);
    for (int attempt = 1; attempt <= MigrationMachine.ATTEMPTS_MAX; attempt++) {
      course.report(anyTask(), TaskOutcome.FAILED, List.of());
    }
    assertThat(state().getStep()).isEqualTo(MigrationStep.END);
    assertThat(steps()).doesNotContain(MigrationStep.REVIVE);
    assertThat(state().getLeftBehind()).contains("MIG-117");
    assertThat(state().getStatus()).isEqualTo(MigrationStatus.FAILED);
  }

  @Test
  void aRestoreThatCannotBeRecalledIsToldAndTheSourceStartsAllTheSame() {
    start(MOVE);
    goTo(MigrationStep.HANDOVER);
    course.report(anyTask(), TaskOutcome.REFUSED, List.of());
    course.report(anyTask(), TaskOutcome.REFUSED, List.of());
    assertThat(state().getStep()).isEqualTo(MigrationStep.REVIVE);
    course.finish("move");
    assertThat(state().getLeftBehind()).startsWith("MIG-004");
  }

  @Test
  void startingTheSourceAgainIsTriedForLong() {
    start(MOVE);
    course.report(anyTask(), TaskOutcome.REFUSED, List.of());
    for (int attempt = 1; attempt < MigrationMachine.REVIVALS_MAX; attempt++) {
      assertThat(state().getStep()).isEqualTo(MigrationStep.REVIVE);
      course.report(anyTask(), TaskOutcome.FAILED, List.of());
    }
    course.report(anyTask(), TaskOutcome.FAILED, List.of());
    assertThat(state().getStep()).isEqualTo(MigrationStep.END);
    assertThat(state().getLeftBehind()).isNotEmpty();
  }

  @Test
  void withoutTheSourceOnlyTheTargetIsAsked() {
    start(MigrationSpec.newBuilder(MOVE).setSkipSource(true).build());
    assertThat(course.tasks).containsOnlyKeys("move/ACTIVATE");
    course.report(anyTask(), TaskOutcome.REFUSED, List.of());
    assertThat(steps()).containsExactly(MigrationStep.ACTIVATE);
    assertThat(state().getStatus()).isEqualTo(MigrationStatus.FAILED);
  }

  @Test
  void aMoveWithoutTheSourceIsNoBaseAndReleasesNone() {
    MigrationSpec plain = MigrationSpec.newBuilder(MOVE).setFailover(false).build();
    course.start("run", MigrationKind.MIGRATION, plain, PairMode.DEFAULT);
    course.finish("run");
    start(MigrationSpec.newBuilder(MOVE).setSkipSource(true).build());
    assertThat(state().getBaseSet()).isEmpty();
    course.finish("move");
    course.start("next", MigrationKind.MIGRATION, plain, PairMode.DEFAULT);
    assertThat(course.states.get("next").getBase()).isEqualTo("run");
  }

  @Test
  void theLastDeltaIsTheDifferenceToTheScheduledOne() {
    course.start(
        "run",
        MigrationKind.MIGRATION,
        MigrationSpec.newBuilder(MOVE).setFailover(false).build(),
        PairMode.DEFAULT);
    course.finish("run");
    start(MOVE);
    assertThat(state().getBase()).isEqualTo("run");
  }

  @Test
  void aMoveNeedsANamespaceAndAWholeRestore() {
    assertThat(refusal(start(MigrationSpec.newBuilder(MOVE).setNamespace("").build())))
        .startsWith("MIG-112");
    MigrationSpec here = MigrationSpec.newBuilder(MOVE).setBackup("b").build();
    assertThat(refusal(course.start("move", MigrationKind.RESTORE, here, PairMode.DEFAULT)))
        .startsWith("MIG-113")
        .contains("Nothing of it was restored");
  }

  @Test
  void onlyWhatIsWholeMayBeStarted() {
    MigrationSpec restore =
        MigrationSpec.newBuilder().setBackup("one").setSchedule("nightly").build();
    course.start("one", MigrationKind.RESTORE, restore, PairMode.DEFAULT);
    assertThat(notRestored()).get().asString().contains("under way");
    course.finish("one");
    assertThat(notRestored()).isEmpty();

    MigrationSpec later = MigrationSpec.newBuilder(restore).setBackup("two").build();
    course.start("two", MigrationKind.RESTORE, later, PairMode.DEFAULT);
    course.report(course.task("two/PLAN"), TaskOutcome.REFUSED, List.of());
    assertThat(notRestored()).as("it has only looked").isEmpty();

    course.start("three", MigrationKind.RESTORE, later, PairMode.DEFAULT);
    TransferTask plan = course.task("three/PLAN");
    course.report(plan, TaskOutcome.DONE, Course.found(plan));
    course.report(course.task("FILL/data-0"), TaskOutcome.REFUSED, List.of());
    course.finish("three");
    assertThat(notRestored()).get().asString().contains("has not filled all volumes");
    assertThat(Failovers.notRestored("other", course.states.values())).isPresent();
  }

  @Test
  void objectsThatCameWithoutVolumesMayBeStartedOnceAllHaveCome() {
    MigrationSpec restore =
        MigrationSpec.newBuilder()
            .setBackup("one")
            .setSchedule("nightly")
            .setNamespace("a")
            .setIncludeVolumes(false)
            .build();
    course.start("one", MigrationKind.RESTORE, restore, PairMode.DEFAULT);
    course.report(course.task("one/PLAN"), TaskOutcome.DONE, List.of());
    assertThat(notRestored()).get().asString().contains("under way");
    course.finish("one");
    assertThat(notRestored()).isEmpty();

    MigrationSpec later = MigrationSpec.newBuilder(restore).setBackup("two").build();
    course.start("two", MigrationKind.RESTORE, later, PairMode.DEFAULT);
    course.report(course.task("two/PLAN"), TaskOutcome.DONE, List.of());
    course.report(course.task("two/OBJECTS"), TaskOutcome.REFUSED, List.of());
    assertThat(notRestored()).get().asString().contains("has not brought the objects");
  }

  /** Any outcome of any task, and cancelling: it ends with the application on one side. */
  @Test
  void everyMoveEndsWithTheApplicationOnOneSideOrTellsOtherwise() {
    for (int seed = 0; seed < 1000; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      Course story = new Course();
      story.start("move", MigrationKind.MIGRATION, MOVE, PairMode.DEFAULT);
      boolean here = true;
      boolean there = false;
      while (story.states.get("move").getStep() != MigrationStep.END) {
        if (random.nextInt(40) == 0) {
          story.cancel("move");
          continue;
        }
        List<TransferTask> open = List.copyOf(story.openOf("move"));
        TransferTask task = open.get(random.nextInt(open.size()));
        TaskOutcome outcome = TaskOutcome.values()[1 + random.nextInt(3)];
        MigrationStep step = task.getMigration().getStep();
        // What a task was to do may have been done although it says that it failed.
        boolean done = outcome == TaskOutcome.DONE || random.nextBoolean();
        here =
            step == MigrationStep.STOP
                ? here && !done
                : step == MigrationStep.REVIVE && done || here;
        there =
            step == MigrationStep.ACTIVATE
                ? done || there
                : there && !(step == MigrationStep.DEACTIVATE && done);
        assertThat(here && there).as("seed %d, both sides, at %s", seed, step).isFalse();
        story.report(task, outcome, Course.found(task));
      }
      MigrationState end = story.states.get("move");
      if (end.getStatus() == MigrationStatus.SUCCESSFUL) {
        assertThat(there).as("seed %d", seed).isTrue();
      } else if (end.getLeftBehind().isEmpty()) {
        assertThat(here != there).as("seed %d", seed).isTrue();
      }
      assertThat(story.tasks).isEmpty();
    }
  }

  private Decision start(MigrationSpec spec) {
    return course.start("move", MigrationKind.MIGRATION, spec, PairMode.DEFAULT);
  }

  private void goTo(MigrationStep step) {
    while (state().getStep() != step) {
      TransferTask task = anyTask();
      course.report(task, TaskOutcome.DONE, Course.found(task));
    }
  }

  private TransferTask anyTask() {
    return course.openOf("move").iterator().next();
  }

  private Optional<String> notRestored() {
    return Failovers.notRestored("nightly", course.states.values());
  }

  private MigrationState state() {
    return course.states.get("move");
  }

  private List<MigrationStep> steps() {
    return course.events.stream()
        .filter(event -> event.getName().equals("move"))
        .filter(event -> event.getDetail() instanceof StepEntered)
        .map(event -> ((StepEntered) event.getDetail()).getStep())
        .toList();
  }

  private static String refusal(Decision decision) {
    return ((MigrationRefused) decision.events().getFirst().getDetail()).getMessage();
  }
}
