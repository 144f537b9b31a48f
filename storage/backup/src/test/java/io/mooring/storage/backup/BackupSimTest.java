package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Stories of many seeds. To replay one: {@code ./mvnw -pl storage/backup -am test
 * -Dtest=BackupSimTest -Dbackup.seed=SEED -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class BackupSimTest {

  private static final int STORIES = 40;

  @Test
  void whateverIsListedRestoresExactly() throws Exception {
    Long only = Long.getLong("backup.seed");
    long first = only == null ? 1 : only;
    long last = only == null ? STORIES : only;
    int backups = 0;
    for (long seed = first; seed <= last; seed++) {
      try {
        backups += new BackupStory(seed).run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("replay with -Dbackup.seed=" + seed, e);
      }
    }
    // Stories without backups would prove nothing.
    assertThat(backups).isGreaterThan((int) (last - first));
  }
}
