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
import io.mooring.schemas.StartMigration;
import io.mooring.schemas.TaskOutcome;
import io.mooring.schemas.TransferStatus;
import io.mooring.schemas.TransferTask;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules run where their failures still matter, and bind the migration that they were given to. */
class RulesTest {

  private static final MigrationSpec SPEC =
      MigrationSpec.newBuilder(Course.BROKERS)
          .setNamespace("kafka")
          .setPreExecRule("flush")
          .setPostExecRule("thaw")
          .build();

  private final Course course = new Course();

  @Test
  void theRuleBeforeIsAStageOfItsOwnUntilTheSnapshotsAreTaken() {
    start(rule(false), List.of());
    assertThat(state().getStage()).isEqualTo(MigrationStage.PRE_EXEC_RULE);
    assertThat(course.task("SNAPSHOT").getMigration().getPreRule()).isEqualTo(rule(false));
    course.report(course.task("SNAPSHOT"), TaskOutcome.PROGRESS, List.of());
    assertThat(state().getStage()).isEqualTo(MigrationStage.VOLUMES);
  }

  @Test
  void aRuleThatFailsBeforeIsTriedAgainFromTheBeginning() {
    start(rule(false), List.of());
    course.report(course.task("SNAPSHOT"), TaskOutcome.PROGRESS, List.of());
    course.report(course.task("SNAPSHOT"), TaskOutcome.FAILED, List.of());
    assertThat(state().getStage()).isEqualTo(MigrationStage.PRE_EXEC_RULE);
    assertThat(course.task("SNAPSHOT").getAttempt()).isEqualTo(2);
    course.finish("one");
    assertThat(state().getStatus()).isEqualTo(MigrationStatus.SUCCESSFUL);
  }

  @Test
  void theRuleAfterRunsWhileVolumesAreOnTheirWayAndIsWaitedFor() {
    start(List.of(), rule(false));
    done("SNAPSHOT");
    TransferTask rule = course.task("one/UPLOAD");
    assertThat(MigrationMachine.isOpen(state(), rule.getTaskId(), rule.getAttempt())).isTrue();
    done("UPLOAD/data-0");
    done("UPLOAD/data-1");
    assertThat(state().getStep()).isEqualTo(MigrationStep.UPLOAD);
    done("one/UPLOAD");
    assertThat(MigrationMachine.isOpen(state(), rule.getTaskId(), rule.getAttempt())).isFalse();
    assertThat(state().getStep()).isEqualTo(MigrationStep.SEAL);
    assertThat(course.tasks).containsOnlyKeys("one/SEAL");
  }

  @Test
  void volumesMayBeSlowerThanTheRuleAfter() {
    start(List.of(), rule(false));
    done("SNAPSHOT");
    done("one/UPLOAD");
    assertThat(state().getStep()).isEqualTo(MigrationStep.UPLOAD);
    course.finish("one");
    assertThat(state().getStatus()).isEqualTo(MigrationStatus.SUCCESSFUL);
  }

  @Test
  void aRuleThatFailsAfterwardsCancelsAndFailsAll() {
    start(List.of(), rule(false));
    done("SNAPSHOT");
    done("UPLOAD/data-0");
    course.report(course.task("one/UPLOAD"), TaskOutcome.REFUSED, List.of());
    assertThat(state().getStep()).isEqualTo(MigrationStep.RELEASE);
    assertThat(course.tasks).containsOnlyKeys("one/RELEASE");
    assertThat(state().getVolumes().get(1).getStatus()).isEqualTo(TransferStatus.CANCELLED);
    course.finish("one");
    assertThat(state().getStatus()).isEqualTo(MigrationStatus.FAILED);
  }

  @Test
  void anOrchestratorThatIsAwayAfterwardsIsWaitedFor() {
    start(List.of(), rule(false));
    done("SNAPSHOT");
    TransferTask first = course.task("one/UPLOAD");
    course.report(first, TaskOutcome.FAILED, List.of());
    assertThat(MigrationMachine.isOpen(state(), first.getTaskId(), 1)).isFalse();
    assertThat(course.task("one/UPLOAD").getAttempt()).isEqualTo(2);
    assertThat(state().getVolumes()).allMatch(volume -> volume.getAttempt() == 1);
  }

  @Test
  void aFailedVolumeEndsTheRuleAfter() {
    start(List.of(), rule(false));
    done("SNAPSHOT");
    course.report(course.task("UPLOAD/data-0"), TaskOutcome.REFUSED, List.of());
    assertThat(course.tasks).containsOnlyKeys("one/RELEASE");
    assertThat(state().getPostRuleOpen()).isFalse();
  }

  @Test
  void whatRunsInTheBackgroundIsRefusedAfterwards() {
    assertThat(refusal(start(List.of(), rule(true)))).startsWith("MIG-101");
    assertThat(start(rule(true), rule(false)).next()).isPresent();
  }

  @Test
  void aRuleNeedsANamespace() {
    MigrationSpec spec = MigrationSpec.newBuilder(SPEC).setNamespace("").build();
    assertThat(refusal(course.start("one", "key", wanted(spec, rule(false), List.of()))))
        .startsWith("MIG-100");
  }

  private Decision start(List<MigrationRuleItem> before, List<MigrationRuleItem> after) {
    return course.start("one", "key", wanted(SPEC, before, after));
  }

  private static StartMigration wanted(
      MigrationSpec spec, List<MigrationRuleItem> before, List<MigrationRuleItem> after) {
    return StartMigration.newBuilder()
        .setKind(MigrationKind.BACKUP)
        .setSpec(spec)
        .setPreRule(before)
        .setPostRule(after)
        .build();
  }

  private static List<MigrationRuleItem> rule(boolean background) {
    return List.of(
        new MigrationRuleItem(
            Map.of("app", "kafka"),
            "",
            List.of(new MigrationRuleAction("sync", background, false))));
  }

  private void done(String task) {
    TransferTask open = course.task(task);
    course.report(open, TaskOutcome.DONE, Course.found(open));
  }

  private MigrationState state() {
    return course.states.get("one");
  }

  private static String refusal(Decision decision) {
    return ((MigrationRefused) decision.events().getFirst().getDetail()).getMessage();
  }
}
