package io.mooring.volumeagent.staging;

import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The volumes in use on this node, each with the lock that a request holds while it works on it.
 */
public final class StagedVolumes {

  private final StagingJournal journal;
  private final ConcurrentMap<String, StagedVolume> volumes = new ConcurrentHashMap<>();

  /**
   * @param directory where staged volumes are remembered
   */
  public StagedVolumes(Path directory) {
    this.journal = new StagingJournal(directory);
  }

  /** Volumes with a device, in no particular order. */
  public List<AttachedVolume> attached() {
    return volumes.values().stream().flatMap(volume -> volume.attached().stream()).toList();
  }

  /** The device of a volume, if it has one. */
  public Optional<AttachedVolume> attached(String volumeId) {
    return find(volumeId).flatMap(StagedVolume::attached);
  }

  /** Where a volume is mounted for the node; empty if it has no file system or is not staged. */
  public Optional<Path> mountPoint(String volumeId) {
    return find(volumeId)
        .flatMap(StagedVolume::record)
        .filter(record -> record.fileSystem().isPresent())
        .map(StagingRecord::stagingPath);
  }

  Optional<StagedVolume> find(String volumeId) {
    return Optional.ofNullable(volumes.get(volumeId));
  }

  /**
   * Takes a volume's lock, without waiting: the orchestrator asks again, and by then the other
   * request is done.
   *
   * @throws StagingException PENDING if another request works on the volume
   */
  StagedVolume enter(String volumeId) throws StagingException {
    while (true) {
      StagedVolume volume = volumes.computeIfAbsent(volumeId, _ -> new StagedVolume());
      if (!volume.lock.tryLock()) {
        throw new StagingException(
            Reason.PENDING,
            "CSI-020",
            "Another request for volume " + volumeId + " is under way.",
            "Requests for one volume are worked on one after the other.",
            "Repeat this one.");
      }
      if (volumes.get(volumeId) == volume) {
        return volume;
      }
      // The place was given up between finding and locking it.
      volume.lock.unlock();
    }
  }

  void leave(String volumeId, StagedVolume volume) {
    if (volume.record().isEmpty() && volume.attached().isEmpty()) {
      volumes.remove(volumeId, volume);
    }
    volume.lock.unlock();
  }

  /** Makes a record durable before it is acted upon. */
  void remember(StagedVolume volume, StagingRecord record) throws IOException {
    journal.write(record);
    volume.become(record);
  }

  void forget(String volumeId) throws IOException {
    journal.delete(volumeId);
  }

  List<StagingRecord> remembered() throws IOException {
    return journal.read();
  }

  void takeOver(StagingRecord record, Optional<AttachedVolume> attached) {
    StagedVolume volume = new StagedVolume();
    volume.become(record);
    attached.ifPresent(volume::become);
    volumes.put(record.volumeId(), volume);
  }
}
