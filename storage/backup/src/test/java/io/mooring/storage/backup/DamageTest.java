package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.PackId;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to stored bytes: a restore gives the volume or says that it is damaged. */
class DamageTest {

  private static final MemoryVolume SOURCE = MemoryVolume.sample(Samples.VOLUME_BYTES, 1, 1);

  private final MemoryStore store = new MemoryStore();
  private int restored;
  private int told;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void damageIsToldAndNeverRestored(boolean encrypted) throws BackupException {
    Optional<String> passphrase = encrypted ? Samples.PASSPHRASE : Optional.empty();
    Samples.backup(Samples.create(store, passphrase), Samples.request("one", SOURCE));
    TreeMap<String, byte[]> good = new TreeMap<>(store.objects());
    SplittableRandom random = new SplittableRandom(1);
    for (String name : good.keySet()) {
      byte[] bytes = good.get(name);
      for (int i = 0; i < 12; i++) {
        byte[] flipped = bytes.clone();
        flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        check(passphrase, name, flipped, good);
      }
      check(passphrase, name, Arrays.copyOf(bytes, random.nextInt(bytes.length)), good);
      check(passphrase, name, null, good);
    }
    assertThat(told).isGreaterThan(good.size());
    // A backup does not depend on each byte: headers of packs, footers and lost objects of others.
    assertThat(restored).isPositive();
  }

  private void check(
      Optional<String> passphrase, String name, byte[] damaged, TreeMap<String, byte[]> good) {
    store.objects().clear();
    store.objects().putAll(good);
    if (damaged == null) {
      store.objects().remove(name);
    } else {
      store.objects().put(name, damaged);
    }
    boolean verified = false;
    MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
    try {
      Repository repository =
          Repository.open(store, passphrase, InstantSource.system(), new SplittableRandom(2));
      verified = new VerifyJob(repository, "one", 1, 0, 1, new TransferProgress()).run().isGood();
      Samples.restore(repository, "one", target);
      restored++;
    } catch (BackupException e) {
      assertThat(verified).as("%s: verified, but %s", name, e.getMessage()).isFalse();
      told++;
      return;
    }
    assertThat(target.content()).as(name).isEqualTo(SOURCE.content());
  }

  @Test
  void aDamagedBackupHindersNoOther() throws BackupException {
    Repository repository = Samples.create(store);
    Samples.backup(repository, Samples.request("one", SOURCE));
    store.objects().get("backups/one")[60] ^= 1;
    Samples.backup(repository, Samples.request("two", SOURCE));
    assertThat(repository.backups()).containsExactly("one", "two");
    assertThatThrownBy(() -> repository.backup("one")).hasMessageStartingWith("MIG-022");
    assertThatThrownBy(() -> new PruneJob(repository, PruneSettings.DEFAULT).run())
        .hasMessageStartingWith("MIG-022");
    repository.delete("one", "damaged");
    new PruneJob(repository, PruneSettings.DEFAULT).run();
    MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
    Samples.restore(repository, "two", target);
    assertThat(target.hasContentOf(SOURCE)).isTrue();
  }

  @Test
  void nothingIsBuiltOnPacksThatAreMissing() throws BackupException {
    Repository repository = Samples.create(store);
    Samples.backup(repository, Samples.request("one", SOURCE));
    String lost =
        store.objects().keySet().stream()
            .filter(name -> name.startsWith(PackId.prefix()))
            .findFirst()
            .orElseThrow();
    store.objects().remove(lost);
    Samples.backup(repository, Samples.request("two", SOURCE));
    MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
    Samples.restore(repository, "two", target);
    assertThat(target.hasContentOf(SOURCE)).isTrue();
  }
}
