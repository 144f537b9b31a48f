package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.PackEntry.RegionLabel;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.format.SessionRecord;
import io.mooring.storage.backup.format.VolumeMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Writes one backup. Everything it stores is durable before the root that makes it a backup is
 * written, so that it exists completely or not at all (I8). A run after a crash, by whomever, sends
 * again at most the one pack per worker that was not finished.
 */
public final class BackupJob {

  private final Repository repository;
  private final BackupRequest request;
  private final BackupSettings settings;
  private final TransferProgress progress;
  private final SharedBlobs shared;

  public BackupJob(
      Repository repository,
      BackupRequest request,
      BackupSettings settings,
      TransferProgress progress) {
    this(repository, request, settings, progress, new SharedBlobs(1 << 20));
  }

  /**
   * @param shared by the writers of this process that are at work on this repository
   */
  public BackupJob(
      Repository repository,
      BackupRequest request,
      BackupSettings settings,
      TransferProgress progress,
      SharedBlobs shared) {
    this.shared = shared;
    this.repository = repository;
    this.request = request;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Writes the backup, or finds that it is written already.
   *
   * @throws BackupException its fault tells whether to try again; whatever was sent is not lost
   */
  public RootObject.Complete run() throws BackupException {
    Repository.checkName(request.name());
    Optional<RootObject.Complete> present = complete();
    if (present.isPresent()) {
      return present.get();
    }
    Session session = Session.open(repository, request.name(), request.digest(), settings.lease());
    // Whoever completed it meanwhile has ended the session that this one follows.
    present = complete();
    if (present.isPresent()) {
      repository.store().delete(SessionRecord.objectName(request.name()));
      return present.get();
    }
    ChunkIndex index = new ChunkIndex(settings.indexBytesMax());
    KnownBlobs known = new KnownBlobs(repository, session, index, shared);
    known.load();
    List<VolumeWork> volumes = plan();
    writeRegions(session, known, volumes);
    RootObject.Complete root = writeMaps(outlet(session, known), session, volumes);
    session.complete(root);
    return repository.backup(request.name());
  }

  private PackOutlet outlet(Session session, KnownBlobs known) {
    return new PackOutlet(repository, settings, session, known, progress);
  }

  private Optional<RootObject.Complete> complete() throws BackupException {
    return switch (repository.root(request.name()).orElse(null)) {
      case null -> Optional.empty();
      case RootObject.Complete complete -> Optional.of(complete);
      case RootObject.Tombstone gone -> throw Session.over(request.name(), gone);
    };
  }

  private List<VolumeWork> plan() throws BackupException {
    List<VolumeWork> volumes = new ArrayList<>();
    for (BackupRequest.Volume volume : request.volumes()) {
      volumes.add(VolumeWork.plan(repository, volume));
      progress.toDo(volume.source().sizeBytes());
    }
    return volumes;
  }

  private void writeRegions(Session session, KnownBlobs known, List<VolumeWork> volumes)
      throws BackupException {
    List<RegionLabel> tasks = new ArrayList<>();
    for (int volume = 0; volume < volumes.size(); volume++) {
      for (int region = 0; region < volumes.get(volume).regions(); region++) {
        tasks.add(new RegionLabel(volume, region));
      }
    }
    Collections.rotate(tasks, -(int) (known.begin() * tasks.size()));
    new Workers(settings.workers())
        .run(
            "backup-" + request.name() + "-",
            tasks.size(),
            () -> {
              PackOutlet outlet = outlet(session, known);
              RegionWriter writer = new RegionWriter(outlet, repository.keys().chunker(), progress);
              return new Workers.Worker() {
                @Override
                public void task(int number) throws BackupException {
                  RegionLabel label = tasks.get(number);
                  VolumeWork volume = volumes.get(label.volume());
                  volume.page(label, known, writer);
                  progress.done(volume.range(label.region()).lengthBytes());
                  session.renew();
                }

                @Override
                public void end() throws BackupException {
                  outlet.flush();
                }
              };
            });
  }

  private RootObject.Complete writeMaps(
      PackOutlet outlet, Session session, List<VolumeWork> volumes) throws BackupException {
    List<RootObject.VolumeRoot> roots = new ArrayList<>();
    for (VolumeWork work : volumes) {
      List<BlobRef> maps = new ArrayList<>();
      for (List<Optional<BlobRef>> pages : work.pagesByMap()) {
        maps.add(outlet.store(BlobType.MAP, new VolumeMap(pages).encode()));
      }
      BackupRequest.Volume volume = work.volume();
      roots.add(
          new RootObject.VolumeRoot(
              volume.name(), volume.snapshot(), volume.source().sizeBytes(), maps));
    }
    List<RootObject.ApplicationObject> objects = new ArrayList<>();
    for (BackupRequest.ApplicationContent object : request.objects()) {
      objects.add(new RootObject.ApplicationObject(object.name(), parts(outlet, object.content())));
    }
    outlet.flush();
    return new RootObject.Complete(
        session.id(),
        repository.now(),
        request.cut(),
        volumes.stream().mapToLong(VolumeWork::contentBytes).sum(),
        roots,
        objects);
  }

  private static List<BlobRef> parts(PackOutlet outlet, byte[] content) throws BackupException {
    List<BlobRef> parts = new ArrayList<>();
    for (int at = 0; at < content.length; at += Limits.BLOB_BYTES_MAX) {
      int end = Math.min(content.length, at + Limits.BLOB_BYTES_MAX);
      parts.add(outlet.store(BlobType.OBJECT, Arrays.copyOfRange(content, at, end)));
    }
    return parts;
  }
}
