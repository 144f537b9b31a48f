package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.RootObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A restored volume is read again before anybody may use it. */
class TargetCheckTest {

  private final MemoryVolume source = MemoryVolume.sample(Samples.VOLUME_BYTES, 1, 1);
  private final MemoryVolume target = new MemoryVolume(Samples.VOLUME_BYTES);
  private Repository repository;

  @BeforeEach
  void backUpAndRestore() throws Exception {
    repository = Samples.create(new MemoryStore());
    Samples.backup(repository, Samples.request("one", source));
    new RestoreJob(repository, "one", "data", target, 2, new TransferProgress()).run();
  }

  @Test
  void whatWasRestoredIsWhatWasBackedUp() throws Exception {
    check();
    assertThat(target.hasContentOf(source)).isTrue();
  }

  @Test
  void oneWrongByteInContentIsFound() {
    int at = position(false);
    target.write(at, new byte[] {(byte) ~target.content()[at]}, 0, 1);
    assertDiffers();
  }

  @Test
  void oneByteInAHoleIsFound() {
    target.write(position(true), new byte[] {1}, 0, 1);
    assertDiffers();
  }

  @Test
  void aClearedSuperblockIsFound() {
    target.zero(new ByteRange(0, 64 << 10));
    assertDiffers();
  }

  @Test
  void partsAreJoinedWithoutReadingTheVolumesAgain() throws Exception {
    Samples.backup(repository, Samples.request("part", source));
    VolumeSource gone = new Gone(source.sizeBytes());
    Samples.backup(
        repository,
        Samples.request("whole", "s1", gone, Optional.of(new Baseline("part", List.of()))));
    repository.delete("part", "joined");
    MemoryVolume again = new MemoryVolume(Samples.VOLUME_BYTES);
    new RestoreJob(repository, "whole", "data", again, 2, new TransferProgress()).run();
    assertThat(again.hasContentOf(source)).isTrue();
    RootObject.ApplicationObject manifest = repository.backup("whole").objects().getFirst();
    assertThat(repository.content(manifest)).asString().isEqualTo("kind: Kafka");
  }

  /** In the middle of a chunk, or of a hole. */
  private int position(boolean hole) {
    byte[] content = source.content();
    for (int at = 1 << 20; at < content.length; at += 64 << 10) {
      boolean zeros = true;
      for (int i = at; i < at + (32 << 10) && zeros; i++) {
        zeros = content[i] == 0;
      }
      if (zeros == hole) {
        return at + (8 << 10);
      }
    }
    throw new IllegalStateException("the sample has none");
  }

  private void check() throws BackupException {
    new TargetCheck(repository, "one", "data", target, 2).run();
  }

  private void assertDiffers() {
    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            BackupException.class, e -> assertThat(e.fault()).isEqualTo(Fault.TARGET_DIFFERS));
  }

  private record Gone(long sizeBytes) implements VolumeSource {
    @Override
    public List<ByteRange> data(ByteRange within) throws IOException {
      throw new IOException("the snapshot is gone");
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
      throw new IOException("the snapshot is gone");
    }
  }
}
