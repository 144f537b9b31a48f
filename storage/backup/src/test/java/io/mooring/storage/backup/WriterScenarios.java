package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.PackEntry.RegionLabel;
import io.mooring.storage.backup.format.RootObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Meetings of writers with prunes and with each other that chance brings about too rarely. In each,
 * something happens after a writer has decided what it need not store and before its backup exists.
 */
final class WriterScenarios {

  private interface Event {
    void happen() throws BackupException;
  }

  private static final PruneSettings PATIENT =
      new PruneSettings(Duration.ofSeconds(1), Duration.ofDays(3), Duration.ofDays(30));
  private static final MemoryVolume SOURCE = MemoryVolume.sample(3 << 20, 1, 1);

  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** Throws if a backup of one of the scenarios does not restore. */
  static void runAll() throws BackupException {
    new WriterScenarios().prunesUnderAWriter();
    new WriterScenarios().writerMeetsGarbageThatLivesAgain();
    new WriterScenarios().takeoverWhileTheFirstWriterLives();
    new WriterScenarios().writerComesBackAfterItWasGivenUp();
    new WriterScenarios().anotherWorkersPackWasNeverSent();
    new WriterScenarios().unchangedRegionRefersToGarbage();
    new WriterScenarios().aRootComesLate();
  }

  private void prunesUnderAWriter() throws BackupException {
    create("old");
    backup(
        "one",
        () -> {
          repository().delete("old", "test");
          prune();
          prune();
        });
    prune();
    prune();
    check("one");
  }

  /** One refers to listed garbage, which it may; two finds it there, and may not. */
  private void writerMeetsGarbageThatLivesAgain() throws BackupException {
    create("old");
    backup(
        "one",
        () -> {
          repository().delete("old", "test");
          prune();
        });
    backup(
        "two",
        () -> {
          repository().delete("one", "test");
          prune();
        });
    check("two");
  }

  private void takeoverWhileTheFirstWriterLives() throws BackupException {
    create("old");
    backup(
        "one",
        () -> {
          repository().delete("old", "test");
          prune();
          takeOverAndDie("one");
          prune();
        });
    check("one");
  }

  private void takeOverAndDie(String name) throws BackupException {
    KilledStore dying = new KilledStore(store, 8);
    try {
      Repository repository =
          Repository.open(dying, Samples.PASSPHRASE, () -> now, new SecureRandom());
      Samples.backup(repository, Samples.request(name, SOURCE));
    } catch (Storm.Killed e) {
      return;
    }
    throw new IllegalStateException("the second writer was to die");
  }

  private void writerComesBackAfterItWasGivenUp() throws BackupException {
    create("old");
    try {
      backup(
          "one",
          () -> {
            repository().delete("old", "test");
            now = now.plus(Duration.ofDays(4));
            prune();
            prune();
          });
    } catch (BackupException e) {
      return;
    }
    check("one");
  }

  /** A put of the root that was thought lost arrives when its backup is deleted and swept. */
  private void aRootComesLate() throws BackupException {
    create("old");
    byte[] late = store.objects().get(RootObject.objectName("old")).clone();
    repository().delete("old", "test");
    prune();
    prune();
    store.putIfAbsent(RootObject.objectName("old"), ByteBuffer.wrap(late));
    if (repository().backups().contains("old")) {
      check("old");
    }
  }

  /** The baseline's page is in a pack of its own, its chunks are in packs that are garbage. */
  private void unchangedRegionRefersToGarbage() throws BackupException {
    create("old");
    MemoryVolume variant = new MemoryVolume((int) SOURCE.sizeBytes());
    variant.write(0, SOURCE.content(), 0, (int) SOURCE.sizeBytes());
    variant.write(1 << 20, new byte[] {1, 2, 3}, 0, 3);
    Event listGarbage =
        () -> {
          repository().delete("old", "test");
          prune();
        };
    Samples.backup(repository(), Samples.request("one", new Interrupted(variant, listGarbage)));
    Event deleteBaseline =
        () -> {
          repository().delete("one", "test");
          prune();
        };
    Optional<Baseline> unchanged = Optional.of(new Baseline("one", List.of()));
    MemoryVolume other = MemoryVolume.sample(1 << 20, 3, 3);
    Samples.backup(
        repository(),
        new BackupRequest(
            "two",
            "cut",
            List.of(
                new BackupRequest.Volume("data", "s", variant, unchanged),
                new BackupRequest.Volume(
                    "other", "s", new Interrupted(other, deleteBaseline), Optional.empty())),
            List.of()));
    check("two", variant);
  }

  /** One worker's page refers to a chunk that died with another worker. */
  private void anotherWorkersPackWasNeverSent() throws BackupException {
    Samples.create(store);
    BackupRequest request = Samples.request("one", SOURCE);
    Session session = Session.open(repository(), "one", request.digest(), Duration.ofDays(1));
    KnownBlobs known =
        new KnownBlobs(repository(), session, new ChunkIndex(1 << 20), new SharedBlobs(1 << 20));
    TransferProgress progress = new TransferProgress();
    PackOutlet dying = new PackOutlet(repository(), Samples.SETTINGS, session, known, progress);
    new RegionWriter(dying, repository().keys().chunker(), progress)
        .write(new RegionLabel(0, 7), SOURCE, new ByteRange(0, 2 << 20));
    PackOutlet other = new PackOutlet(repository(), Samples.SETTINGS, session, known, progress);
    new RegionWriter(other, repository().keys().chunker(), progress)
        .write(new RegionLabel(0, 0), SOURCE, new ByteRange(0, SOURCE.sizeBytes()));
    other.flush();
    Samples.backup(repository(), request);
    check("one");
  }

  private Repository repository() throws BackupException {
    return Repository.open(store, Samples.PASSPHRASE, () -> now, new SecureRandom());
  }

  private void create(String name) throws BackupException {
    Samples.create(store);
    Samples.backup(repository(), Samples.request(name, SOURCE));
  }

  private void prune() throws BackupException {
    now = now.plusSeconds(60);
    new PruneJob(repository(), PATIENT).run();
  }

  private void backup(String name, Event event) throws BackupException {
    Samples.backup(repository(), Samples.request(name, new Interrupted(SOURCE, event)));
  }

  private void check(String name) throws BackupException {
    check(name, SOURCE);
  }

  private void check(String name, MemoryVolume expected) throws BackupException {
    MemoryVolume target = new MemoryVolume((int) SOURCE.sizeBytes());
    Samples.restore(repository(), name, target);
    if (!target.hasContentOf(expected)) {
      throw new AssertionError(name + " restores something else");
    }
  }

  /** When it is first read, something happens. */
  private static final class Interrupted implements VolumeSource {
    private final VolumeSource source;
    private final AtomicReference<Event> event;

    Interrupted(VolumeSource source, Event event) {
      this.source = source;
      this.event = new AtomicReference<>(event);
    }

    @Override
    public long sizeBytes() {
      return source.sizeBytes();
    }

    @Override
    public List<ByteRange> data(ByteRange within) throws IOException {
      Event due = event.getAndSet(null);
      if (due != null) {
        try {
          due.happen();
        } catch (BackupException e) {
          throw new AssertionError("what was to happen did not", e);
        }
      }
      return source.data(within);
    }

    @Override
    public void read(long offset, byte[] into, int at, int length) throws IOException {
      source.read(offset, into, at, length);
    }
  }
}
