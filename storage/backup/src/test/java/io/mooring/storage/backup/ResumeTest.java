package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.Limits;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Killed at every request in turn, a job goes on where it stopped. */
class ResumeTest {

  private static final MemoryVolume SOURCE = MemoryVolume.sample(Samples.VOLUME_BYTES, 1, 1);

  /** Records beside packs: sessions and roots. */
  private static final int RECORD_BYTES = 4096;

  @Test
  void aBackupSendsNoMoreThanOnePackAgain() throws BackupException {
    MemoryStore whole = new MemoryStore();
    KilledStore counted = new KilledStore(whole, Integer.MAX_VALUE);
    Samples.create(counted);
    Samples.backup(Samples.open(counted), Samples.request("one", SOURCE));
    int killings = 0;
    for (int requests = 1; ; requests++) {
      MemoryStore store = new MemoryStore();
      Samples.create(store);
      KilledStore first = new KilledStore(store, requests);
      boolean killed = false;
      try {
        Samples.backup(Samples.open(first), Samples.request("one", SOURCE));
      } catch (Storm.Killed e) {
        killed = true;
        killings++;
      }
      KilledStore second = new KilledStore(store, Integer.MAX_VALUE);
      Samples.backup(Samples.open(second), Samples.request("one", SOURCE));
      MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
      Samples.restore(Samples.open(store), "one", target);

      assertThat(target.content()).as("killed at %d", requests).isEqualTo(SOURCE.content());
      assertThat(first.putBytes() + second.putBytes())
          .as("killed at %d", requests)
          .isLessThanOrEqualTo(counted.putBytes() + Limits.PACK_BYTES_MIN + RECORD_BYTES);
      if (!killed) {
        break;
      }
    }
    assertThat(killings).isGreaterThan(10);
  }

  @Test
  void aRestoreFetchesNothingTwice() throws BackupException {
    MemoryStore store = new MemoryStore();
    Samples.backup(Samples.create(store), Samples.request("one", SOURCE));
    long whole =
        Samples.restore(Samples.open(store), "one", new MemoryVolume(Samples.VOLUME_BYTES))
            .reading()
            .movedBytes();
    for (int requests = 4; requests < 12; requests++) {
      MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
      Repository dying = Samples.open(new KilledStore(store, requests));
      assertThatThrownBy(() -> Samples.restore(dying, "one", target))
          .isInstanceOf(Storm.Killed.class);
      // The superblock is missing, so that nobody takes it for a file system.
      assertThat(Arrays.copyOf(target.content(), 64 << 10)).containsOnly(0);

      long again = Samples.restore(Samples.open(store), "one", target).reading().movedBytes();

      assertThat(target.content()).isEqualTo(SOURCE.content());
      assertThat(target.flushed()).isTrue();
      assertThat(again).isLessThanOrEqualTo(whole);
    }
  }

  @Test
  void holesStayHolesAndOldContentGoes() throws BackupException {
    MemoryStore store = new MemoryStore();
    Samples.backup(Samples.create(store), Samples.request("one", SOURCE));
    MemoryVolume target = MemoryVolume.sample(Samples.VOLUME_BYTES, 5, 9);
    Samples.restore(Samples.open(store), "one", target);
    assertThat(target.content()).isEqualTo(SOURCE.content());
    // Holes of less than 16 KiB are content.
    assertThat(target.dataBlocks()).isLessThan(SOURCE.dataBlocks() + 20);
  }

  @Test
  void anotherSnapshotDoesNotContinueABackup() throws BackupException {
    MemoryStore store = new MemoryStore();
    Samples.create(store);
    assertThatThrownBy(() ->
            Samples.backup(Samples.open(new KilledStore(store, 9)), Samples.request("one", SOURCE)))
        .isInstanceOf(Storm.Killed.class);
    assertThatThrownBy(() ->
            Samples.backup(
                Samples.open(store), Samples.request("one", "s2", SOURCE, Optional.empty())))
        .asInstanceOf(InstanceOfAssertFactories.type(BackupException.class))
        .extracting(BackupException::fault)
        .isEqualTo(Fault.OTHER_REQUEST);
  }

  @Test
  void anUnchangedVolumeIsNeitherReadNorSent() throws BackupException {
    MemoryStore store = new MemoryStore();
    Repository repository = Samples.create(store);
    Samples.backup(repository, Samples.request("one", SOURCE));
    VolumeSource unreadable = new UnreadableVolume(SOURCE.sizeBytes());
    KilledStore counted = new KilledStore(store, Integer.MAX_VALUE);
    Samples.backup(
        Samples.open(counted),
        Samples.request("two", "s2", unreadable, Optional.of(new Baseline("one", List.of()))));
    MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
    Samples.restore(repository, "two", target);
    assertThat(target.content()).isEqualTo(SOURCE.content());
    assertThat(counted.putBytes()).isLessThan(RECORD_BYTES);
  }

  private record UnreadableVolume(long sizeBytes) implements VolumeSource {
    @Override
    public List<ByteRange> data(ByteRange within) throws IOException {
      throw new IOException("nobody should look");
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
      throw new IOException("nobody should read");
    }
  }
}
