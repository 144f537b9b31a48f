package io.mooring.volumeagent.staging;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Attaches plain files: all of staging without replication. */
final class FileAttacher implements VolumeAttacher {

  private final Path directory;
  private final long sizeBytes;
  private final Set<String> lost = new HashSet<>();

  FileAttacher(Path directory, long sizeBytes) {
    this.directory = directory;
    this.sizeBytes = sizeBytes;
  }

  @Override
  public AttachedVolume attach(String volumeId, long epoch, Duration limit) throws IOException {
    Path file = directory.resolve(volumeId);
    if (!Files.exists(file)) {
      try (BlockFile created = BlockFile.open(file, BlockFile.Access.CREATE_NEW)) {
        created.truncate(sizeBytes);
      }
    }
    return new FileVolume(
        volumeId, epoch, file, LoopDevice.attach(file, LoopDevice.Lifetime.PERSISTENT), lost);
  }

  @Override
  public Optional<AttachedVolume> resume(String volumeId, long epoch) throws IOException {
    Path file = directory.resolve(volumeId);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return LoopDevice.findByBackingFile(file)
        .map(loop -> new FileVolume(volumeId, epoch, file, loop, lost));
  }

  @Override
  public void settle(String volumeId, Duration limit) {}

  /** From now on the volume counts as fenced. */
  void lose(String volumeId) {
    lost.add(volumeId);
  }

  private record FileVolume(
      String volumeId, long epoch, Path file, LoopDevice loop, Set<String> lost)
      implements AttachedVolume {

    @Override
    public Path device() {
      return loop.path();
    }

    @Override
    public long sizeBytes() {
      return file.toFile().length();
    }

    @Override
    public boolean isLost() {
      return lost.contains(volumeId);
    }

    @Override
    public Health health() {
      return new Health(false, "serving");
    }

    @Override
    public void grow(long bytes, Duration limit) throws IOException {
      try (BlockFile open = BlockFile.open(file, BlockFile.Access.READ_WRITE)) {
        open.truncate(bytes);
      }
      loop.refreshCapacity(bytes);
    }

    @Override
    public void detach(Duration limit) throws IOException {
      if (isLost()) {
        throw new IOException("fenced");
      }
      loop.detach();
    }

    @Override
    public void abort() throws IOException {
      loop.detach();
    }
  }
}
