package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.GarbageRecord;
import io.mooring.storage.backup.format.PackId;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.format.SessionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Deletes packs that no backup needs, while others write backups and prune.
 *
 * <p>A run lists garbage; a later one deletes it. Why that is safe: let a pack be on a list. A
 * writer whose session began after the list does not refer to the pack, because it reads the lists
 * after it has announced itself. A writer whose session was open before may; so the list waits
 * until every open session is one that knows it, and then all backups are looked at once more.
 * Sessions are looked at before backups, so that a writer that finishes in between is seen either
 * way.
 *
 * <p>A writer that is gone would make lists wait for ever. Its session is ended by taking its
 * backup's name: should it come back, it finds the name taken and cannot complete. Clocks decide
 * only when to suspect.
 */
public final class PruneJob {

  private final Repository repository;
  private final PruneSettings settings;
  private final BlobReader reader;

  public PruneJob(Repository repository, PruneSettings settings) {
    this.repository = repository;
    this.settings = settings;
    this.reader = new BlobReader(repository);
  }

  /**
   * Deletes what an earlier run has listed and lists what is garbage now.
   *
   * @throws BackupException also if a root, map or page is damaged: what it refers to is not known,
   *     so nothing more is deleted until that backup is
   */
  public PruneReport run() throws BackupException {
    List<String> givenUp = giveUpSessions();
    List<GarbageRecord> standing = new ArrayList<>();
    Map<PackId, Long> sizes = packs();
    List<GarbageRecord> due = dueLists(standing);
    long deleted = 0;
    long bytes = 0;
    if (!due.isEmpty()) {
      Set<PackId> live = livePacks();
      for (GarbageRecord list : due) {
        for (PackId pack : list.packs()) {
          if (!live.contains(pack) && sizes.containsKey(pack)) {
            repository.store().delete(pack.objectName());
            bytes += sizes.remove(pack);
            deleted++;
          }
        }
        repository.store().delete(list.objectName());
      }
    }
    int listed = list(sizes.keySet(), standing);
    forgetTombstones();
    int waiting = (int) standing.stream().filter(this::isDue).count();
    return new PruneReport(sizes.size(), listed, deleted, bytes, waiting, givenUp);
  }

  private List<String> giveUpSessions() throws BackupException {
    List<String> givenUp = new ArrayList<>();
    for (Map.Entry<String, SessionRecord> session : sessions().entrySet()) {
      String backup = session.getKey();
      boolean over = repository.root(backup).isPresent();
      if (!over && isOver(session.getValue().renewedAt(), settings.lease())) {
        String reason = "its writer showed no sign of life for " + settings.lease();
        if (repository.claim(backup, new RootObject.Tombstone(repository.now(), reason))) {
          givenUp.add(backup);
        }
        over = true;
      }
      if (over) {
        repository.store().delete(SessionRecord.objectName(backup));
      }
    }
    return givenUp;
  }

  private TreeMap<String, SessionRecord> sessions() throws BackupException {
    TreeSet<String> names = new TreeSet<>();
    repository
        .store()
        .list(
            SessionRecord.PREFIX,
            object -> names.add(object.name().substring(SessionRecord.PREFIX.length())));
    TreeMap<String, SessionRecord> sessions = new TreeMap<>();
    for (String name : names) {
      Optional<SessionRecord> session = Session.read(repository, name);
      session.ifPresent(record -> sessions.put(name, record));
    }
    return sessions;
  }

  private Map<PackId, Long> packs() throws BackupException {
    Map<PackId, Long> sizes = new HashMap<>();
    repository
        .store()
        .list(
            PackId.prefix(),
            object ->
                PackId.ofObject(object.name()).ifPresent(id -> sizes.put(id, object.sizeBytes())));
    return sizes;
  }

  /** Lists that may be deleted now; all others go to {@code standing}. */
  private List<GarbageRecord> dueLists(List<GarbageRecord> standing) throws BackupException {
    List<GarbageRecord> due = new ArrayList<>();
    List<GarbageRecord> lists = Garbage.lists(repository);
    TreeMap<String, SessionRecord> open = sessions();
    for (GarbageRecord list : lists) {
      boolean known =
          open.values().stream().allMatch(session -> session.seen().contains(list.id()));
      if (isDue(list) && known) {
        due.add(list);
      } else {
        standing.add(list);
      }
    }
    return due;
  }

  private boolean isDue(GarbageRecord list) {
    return isOver(list.at(), settings.grace());
  }

  private boolean isOver(Instant since, Duration duration) {
    return since.plus(duration).isBefore(repository.now());
  }

  /** Packs that complete backups refer to. */
  private Set<PackId> livePacks() throws BackupException {
    Set<PackId> live = new HashSet<>();
    Set<BlobRef> pages = new HashSet<>();
    BackupTree.Visitor visitor =
        new BackupTree.Visitor() {
          @Override
          public void blob(BlobRef ref) {
            live.add(ref.pack());
          }

          @Override
          public boolean page(BlobRef ref) {
            live.add(ref.pack());
            return pages.add(ref);
          }

          @Override
          public void chunk(BlobRef ref) {
            live.add(ref.pack());
          }
        };
    for (String name : repository.roots()) {
      if (repository.root(name).orElse(null) instanceof RootObject.Complete backup) {
        new BackupTree(reader).walk(backup, visitor);
      }
    }
    return live;
  }

  /** Lists what was there before the backups are looked at, and is on no list yet. */
  private int list(Set<PackId> packs, List<GarbageRecord> standing) throws BackupException {
    Set<PackId> garbage = new HashSet<>(packs);
    for (GarbageRecord list : standing) {
      list.packs().forEach(garbage::remove);
    }
    // Their packs are not referred to yet; listing them would only make others avoid them.
    for (SessionRecord open : sessions().values()) {
      garbage.removeIf(pack -> pack.session().equals(open.session()));
    }
    if (garbage.isEmpty()) {
      return 0;
    }
    garbage.removeAll(livePacks());
    if (garbage.isEmpty()) {
      return 0;
    }
    List<PackId> sorted = new ArrayList<>(garbage);
    sorted.sort(Comparator.comparing(PackId::objectName));
    GarbageRecord list = new GarbageRecord(repository.newId(), repository.now(), sorted);
    String name = list.objectName();
    repository.store().put(name, repository.seal(name, list.encode()));
    return sorted.size();
  }

  private void forgetTombstones() throws BackupException {
    for (String name : repository.roots()) {
      if (repository.root(name).orElse(null) instanceof RootObject.Tombstone(Instant at, String _)
          && isOver(at, settings.tombstonesKept())
          && Session.read(repository, name).isEmpty()) {
        repository.store().delete(RootObject.objectName(name));
      }
    }
  }
}
