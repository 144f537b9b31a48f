package io.mooring.storage.backup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class KeysTest {

  private static final byte[] CANARY = "a secret that nobody may read in the bucket".getBytes();

  private final MemoryStore store = new MemoryStore();

  @Test
  void wrongAndMissingPassphrasesAreToldApart() throws BackupException {
    Samples.create(store);
    assertFault(Fault.WRONG_KEY, Optional.of("another secret"));
    assertFault(Fault.KEY_MODE, Optional.empty());
    MemoryStore open = new MemoryStore();
    Samples.create(open, Optional.empty());
    store.objects().putAll(open.objects());
    assertFault(Fault.KEY_MODE, Optional.of("a secret"));
  }

  private void assertFault(Fault fault, Optional<String> passphrase) {
    assertThatThrownBy(() ->
            Repository.open(store, passphrase, InstantSource.system(), new SplittableRandom(1)))
        .asInstanceOf(InstanceOfAssertFactories.type(BackupException.class))
        .extracting(BackupException::fault)
        .isEqualTo(fault);
  }

  @Test
  void nothingReadableLeavesAnEncryptedRepository() throws BackupException {
    assertThat(canaryIsIn(Optional.empty())).isTrue();
    assertThat(canaryIsIn(Samples.PASSPHRASE)).isFalse();
  }

  private boolean canaryIsIn(Optional<String> passphrase) throws BackupException {
    MemoryStore bucket = new MemoryStore();
    MemoryVolume volume = new MemoryVolume(1 << 20);
    byte[] noise = new byte[64 << 10];
    new SplittableRandom(4).nextBytes(noise);
    volume.write(0, noise, 0, noise.length);
    volume.write(8000, CANARY, 0, CANARY.length);
    Samples.backup(Samples.create(bucket, passphrase), Samples.request("canary", volume));
    String canary = new String(CANARY, ISO_8859_1);
    return bucket.objects().values().stream()
        .anyMatch(object -> new String(object, ISO_8859_1).contains(canary));
  }

  @Test
  void objectsOfAnotherRepositoryAreRefused() throws BackupException {
    Samples.create(store);
    MemoryStore other = new MemoryStore();
    Samples.backup(
        Samples.create(other), Samples.request("one", MemoryVolume.sample(1 << 20, 1, 1)));
    byte[] root = other.objects().get("backups/one");
    store.objects().put("backups/one", root);
    assertThatThrownBy(() -> Samples.open(store).backup("one"))
        .asInstanceOf(InstanceOfAssertFactories.type(BackupException.class))
        .extracting(BackupException::fault)
        .isEqualTo(Fault.FOREIGN_KEY);
  }

  @Test
  void recordsMovedToAnotherNameAreRefused() throws BackupException {
    Samples.backup(
        Samples.create(store), Samples.request("one", MemoryVolume.sample(1 << 20, 1, 1)));
    store.objects().put("backups/two", store.objects().get("backups/one"));
    assertThatThrownBy(() -> Samples.open(store).backup("two"))
        .asInstanceOf(InstanceOfAssertFactories.type(BackupException.class))
        .extracting(BackupException::fault)
        .isEqualTo(Fault.OBJECT_DAMAGED);
  }
}
