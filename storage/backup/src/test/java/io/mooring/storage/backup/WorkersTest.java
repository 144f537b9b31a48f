package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.Codec;
import io.mooring.storage.backup.format.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Several threads do what one does. */
class WorkersTest {

  private static final BackupSettings SETTINGS =
      new BackupSettings(4, Limits.PACK_BYTES_MIN, 1 << 20, Duration.ofHours(1), Codec.ZSTD);

  @Test
  void manyWorkersStoreAndRestoreTheSame() throws BackupException {
    MemoryVolume source = MemoryVolume.sample(90 << 20, 3, 1);
    Repository repository = Samples.create(new MemoryStore());
    TransferProgress progress = new TransferProgress();
    new BackupJob(repository, Samples.request("one", source), SETTINGS, progress).run();
    MemoryVolume target = new MemoryVolume(90 << 20);
    new RestoreJob(repository, "one", "data", target, 4, new TransferProgress()).run();
    VerifyReport report = new VerifyJob(repository, "one", 1, 0, 4, new TransferProgress()).run();
    VerifyReport sample = new VerifyJob(repository, "one", 0.4, 5, 4, new TransferProgress()).run();

    assertThat(target.hasContentOf(source)).isTrue();
    assertThat(progress.reading().doneBytes()).isEqualTo(source.sizeBytes());
    assertThat(report.isGood()).isTrue();
    assertThat(sample.chunks()).isEqualTo(report.chunks());
    assertThat(sample.chunksRead()).isBetween(1L, report.chunksRead() - 1);
  }

  @Test
  void theFirstFailureEndsTheJob() throws BackupException {
    Repository repository = Samples.create(new MemoryStore());
    VolumeSource broken = new BrokenVolume();
    assertThatThrownBy(() ->
            new BackupJob(
                    repository, Samples.request("one", broken), SETTINGS, new TransferProgress())
                .run())
        .asInstanceOf(InstanceOfAssertFactories.type(BackupException.class))
        .extracting(BackupException::fault)
        .isEqualTo(Fault.SOURCE_FAILED);
    assertThat(repository.backups()).isEmpty();
  }

  @Test
  void oneFailureThatSeveralWorkersMeetIsTold() {
    BackupException shared = new BackupException(Fault.SOURCE_FAILED, "the disk is gone");
    CountDownLatch both = new CountDownLatch(2);

    assertThatThrownBy(() ->
            new Workers(2)
                .run(
                    "test",
                    2,
                    () ->
                        task -> {
                          both.countDown();
                          await(both);
                          throw shared;
                        }))
        .isSameAs(shared);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class BrokenVolume implements VolumeSource {
    @Override
    public long sizeBytes() {
      return 1L << 30;
    }

    @Override
    public List<ByteRange> data(ByteRange within) throws IOException {
      if (within.offset() > 5L * Limits.REGION_BYTES) {
        throw new IOException("the disk is gone");
      }
      return List.of();
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) {
      throw new IllegalStateException("there is nothing to read");
    }
  }
}
