package io.mooring.migrator.work;

import io.mooring.schemas.MigrationState;
import java.io.IOException;

/** Runs the rule after the snapshots, while volumes are on their way. */
final class PostRuleWork {

  private final Surroundings surroundings;
  private final MigrationState migration;

  PostRuleWork(Surroundings surroundings, MigrationState migration) {
    this.surroundings = surroundings;
    this.migration = migration;
  }

  /**
   * @throws WorkRefusedException if the rule failed: it has run, and is not run a second time
   */
  Findings run() throws IOException, WorkRefusedException, InterruptedException {
    try {
      surroundings.ruleAfter(migration).run();
    } catch (RuleFailedException e) {
      throw new WorkRefusedException(String.valueOf(e.getMessage()));
    }
    return Findings.NONE;
  }
}
