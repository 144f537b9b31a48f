package io.mooring.migrator.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.migrator.outside.ApplicationDoor;
import io.mooring.migrator.outside.RestApplicationDoor;
import io.mooring.migrator.outside.RestClient;
import io.mooring.migrator.plane.FakeOrchestrator;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationRuleAction;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.MigrationStage;
import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationStatus;
import io.mooring.schemas.MigrationStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands of a rule are ended by whoever comes, whoever began them. */
class RuleRunTest {

  private final FakeOrchestrator orchestrator = new FakeOrchestrator();
  private final ApplicationDoor door =
      new RestApplicationDoor(
          Optional.of(new RestClient(orchestrator.url(), Duration.ofSeconds(5))));

  @AfterEach
  void close() {
    orchestrator.close();
  }

  @Test
  void aSuccessorEndsWhatAKilledRunLeft() throws Exception {
    RuleRun killed = before("hold");
    killed.run();
    assertThat(orchestrator.executions()).hasSize(1);

    RuleRun successor = before("hold");
    successor.end();
    assertThat(orchestrator.executions()).isEmpty();
    successor.run();
    successor.check();
    successor.end();
    assertThat(orchestrator.story())
        .containsExactly("begin one-pre-0", "end one-pre-0", "begin one-pre-0", "end one-pre-0");
  }

  @Test
  void theRuleAfterIsGoneOnWithAndNotBegunTwice() throws Exception {
    after().run();
    after().run();
    assertThat(orchestrator.story()).containsExactly("begin one-post-0");
  }

  @Test
  void aCommandThatSomebodyEndedMakesTheSnapshotsWorthless() throws Exception {
    RuleRun run = before("hold");
    run.run();
    before("hold").end();
    assertThatThrownBy(run::check)
        .isInstanceOf(RuleFailedException.class)
        .hasMessageContaining("MIG-103");
  }

  @Test
  void aRuleRunsInThePodsOfEachNamespaceThatHasSome() throws Exception {
    MigrationState migration = migration("hold", true);
    migration.getSpec().setNamespaces(List.of("kafka", "nobody", "shop"));
    RuleRun run = RuleRun.before(door, Duration.ofSeconds(5), migration);
    run.run();
    run.check();
    assertThat(orchestrator.executions())
        .containsOnlyKeys("one-pre-0", "one-pre-0-nobody", "one-pre-0-shop");

    RuleRun.before(door, Duration.ofSeconds(5), migration).end();
    assertThat(orchestrator.executions()).isEmpty();
    assertThatThrownBy(run::check).hasMessageContaining("MIG-103");

    migration.getSpec().setNamespace("nobody");
    migration.getSpec().setNamespaces(List.of());
    assertThatThrownBy(RuleRun.before(door, Duration.ofSeconds(5), migration)::run)
        .hasMessageContaining("No running pod has labels");
  }

  @Test
  void aRuleThatFailsInOneNamespaceHasFailed() {
    MigrationState migration = migration("fail", false);
    migration.getSpec().setNamespaces(List.of("nobody", "shop"));
    migration.getSpec().setNamespace("nobody");
    assertThatThrownBy(RuleRun.before(door, Duration.ofSeconds(5), migration)::run)
        .hasMessageContaining("oh no");
  }

  private RuleRun before(String command) {
    return RuleRun.before(door, Duration.ofSeconds(5), migration(command, true));
  }

  private RuleRun after() {
    return RuleRun.after(door, Duration.ofSeconds(5), migration("thaw", false));
  }

  private static MigrationState migration(String command, boolean background) {
    List<MigrationRuleItem> rule =
        List.of(
            new MigrationRuleItem(
                Map.of("app", "kafka"),
                "",
                List.of(new MigrationRuleAction(command, background, false))));
    Instant now = Instant.parse("2026-01-31T08:00:00Z");
    return MigrationState.newBuilder()
        .setName("one")
        .setKind(MigrationKind.BACKUP)
        .setSpec(MigrationSpec.newBuilder().setNamespace("kafka").build())
        .setStage(MigrationStage.PRE_EXEC_RULE)
        .setStatus(MigrationStatus.IN_PROGRESS)
        .setStep(MigrationStep.SNAPSHOT)
        .setPreRule(rule)
        .setPostRule(rule)
        .setCommandId("key")
        .setRequestedBy("ann")
        .setCorrelationId("c")
        .setCreatedAt(now)
        .setUpdatedAt(now)
        .setRevision(1)
        .build();
  }
}
