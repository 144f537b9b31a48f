package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.PackId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PruneTest {

  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private Repository repository() throws BackupException {
    return Repository.open(store, Samples.PASSPHRASE, () -> now, new SecureRandom());
  }

  private PruneReport prune() throws BackupException {
    return new PruneJob(repository(), PruneSettings.DEFAULT).run();
  }

  private long packs() {
    return store.objects().keySet().stream()
        .filter(name -> name.startsWith(PackId.prefix()))
        .count();
  }

  @Test
  void meetingsWithWritersHarmNoBackup() throws BackupException {
    WriterScenarios.runAll();
  }

  @Test
  void garbageIsDeletedOnlyAfterTheGrace() throws BackupException {
    Samples.create(store);
    Samples.backup(repository(), Samples.request("one", MemoryVolume.sample(3 << 20, 1, 1)));
    long before = packs();
    repository().delete("one", "test");
    assertThat(repository().backups()).isEmpty();
    assertThat(prune().packsListed()).isEqualTo(before);
    now = now.plus(Duration.ofHours(23));
    assertThat(prune().packsDeleted()).isZero();
    now = now.plus(Duration.ofHours(2));
    assertThat(prune().packsDeleted()).isEqualTo(before);
    assertThat(packs()).isZero();
    assertThat(prune().packsListed()).isZero();
  }

  @Test
  void aWriterThatIsGoneDoesNotHoldGarbageForEver() throws BackupException {
    Samples.create(store);
    MemoryVolume volume = MemoryVolume.sample(17 << 20, 1, 1);
    try {
      Repository dying =
          Repository.open(
              new KilledStore(store, 11), Samples.PASSPHRASE, () -> now, new SecureRandom());
      Samples.backup(dying, Samples.request("one", volume));
    } catch (Storm.Killed e) {
      // As planned.
    }
    assertThat(packs()).isPositive();
    assertThat(prune().packsListed()).isZero();
    now = now.plus(Duration.ofHours(7));
    assertThat(prune().givenUp()).containsExactly("one");
    now = now.plus(Duration.ofHours(25));
    prune();
    assertThat(packs()).isZero();
  }
}
