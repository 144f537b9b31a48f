package io.mooring.migrator.work;

import io.mooring.schemas.MigrationVolume;
import io.mooring.storage.backup.TransferProgress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Where a running task shows how far it has come, for whoever wants to look. */
public final class Board {

  private volatile Supplier<Optional<Findings>> view = Optional::empty;

  /** What there is to tell at this moment. */
  public Optional<Findings> look() {
    return view.get();
  }

  void show(Findings findings) {
    view = () -> Optional.of(findings);
  }

  void show(MigrationVolume volume, TransferProgress progress) {
    view = () -> Optional.of(Findings.ofVolumes(List.of(news(volume, progress))));
  }

  /** The volume with the figures of a transfer. */
  static MigrationVolume news(MigrationVolume volume, TransferProgress progress) {
    TransferProgress.Reading reading = progress.reading();
    return MigrationVolume.newBuilder(volume)
        .setDoneBytes(Math.min(volume.getSizeBytes(), reading.doneBytes()))
        .setMovedBytes(reading.movedBytes())
        .setBytesPerSecond((long) reading.bytesPerSecond())
        .setLeftSeconds(reading.left().toSeconds())
        .build();
  }
}
