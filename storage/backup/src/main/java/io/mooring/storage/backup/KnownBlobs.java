package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.BlobId;
import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.BlobType;
import io.mooring.storage.backup.format.PackEntry;
import io.mooring.storage.backup.format.PackEntry.RegionLabel;
import io.mooring.storage.backup.format.PackId;
import io.mooring.storage.backup.format.RegionPage;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.store.StoredObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a backup need not store again: blobs of complete backups, newest first, of the packs that an
 * earlier run of the same session has sent, and what writers in the same process send meanwhile.
 * Nothing else in the store may be referred to, because nothing else is safe from a prune. What is
 * damaged or missing is not referred to either, as far as that shows.
 */
final class KnownBlobs {

  private final Repository repository;
  private final Session session;
  private final ChunkIndex index;
  private final BlobReader reader;
  private final SharedBlobs shared;
  private final SharedBlobs.Part part;
  private final Set<PackId> present = new HashSet<>();
  private final Set<PackId> sent = new HashSet<>();
  private final Map<RegionLabel, BlobRef> finished = new HashMap<>();

  KnownBlobs(Repository repository, Session session, ChunkIndex index, SharedBlobs shared) {
    this.shared = shared;
    this.part = shared.join();
    this.repository = repository;
    this.session = session;
    this.index = index;
    this.reader = new BlobReader(repository);
  }

  void load() throws BackupException {
    repository
        .store()
        .list(PackId.prefix(), object -> PackId.ofObject(object.name()).ifPresent(present::add));
    loadSession();
    List<RootObject.Complete> backups = new ArrayList<>();
    for (String name : repository.backups()) {
      ifUndamaged(() -> backups.add(repository.backup(name)));
    }
    backups.sort(Comparator.comparing(RootObject.Complete::at).reversed());
    Loader loader = new Loader(new HashSet<>());
    for (RootObject.Complete backup : backups) {
      ifUndamaged(() -> new BackupTree(reader).walk(backup, loader));
    }
  }

  /** A part of the work that something damaged may spoil. */
  interface Step {
    void run() throws BackupException;
  }

  /** What is damaged is as good as not there; no reason not to make a backup. */
  static void ifUndamaged(Step step) throws BackupException {
    try {
      step.run();
    } catch (BackupException e) {
      if (!e.fault().isDamage() && e.fault() != Fault.NO_BACKUP) {
        throw e;
      }
    }
  }

  /** A page that an earlier run of this session has finished, if all it needs is there. */
  Optional<StoredPage> finished(RegionLabel label, int regionBytes) throws BackupException {
    BlobRef page = finished.get(label);
    return page == null ? Optional.empty() : usable(page, regionBytes);
  }

  /** The page itself, if it is undamaged and neither it nor what it refers to may vanish. */
  Optional<StoredPage> usable(BlobRef page, int regionBytes) throws BackupException {
    if (!isSafe(page.pack())) {
      return Optional.empty();
    }
    List<StoredPage> usable = new ArrayList<>();
    ifUndamaged(() -> {
      // Workers call this at the same time, and a reader belongs to one thread.
      RegionPage content = new BlobReader(repository).page(page);
      if (content.lengthBytes() == regionBytes && content.packs().stream().allMatch(this::isSafe)) {
        usable.add(StoredPage.of(page, content));
      }
    });
    return usable.stream().findFirst();
  }

  /** Where a blob is, if it is stored already and does not go away. */
  Optional<BlobRef> find(BlobId id) {
    Optional<BlobRef> own = index.find(id);
    return own.isPresent() ? own : shared.find(id).filter(ref -> isSafeWithOthers(ref.pack()));
  }

  private boolean isSafeWithOthers(PackId pack) {
    return isSafe(pack) || (shared.isLater(pack, part) && !session.isGarbage(pack));
  }

  /** A pack of this session is durable. */
  void sent(PackId pack, List<PackEntry> entries) {
    shared.sent(pack, entries);
  }

  void remember(BlobRef ref) {
    index.add(ref);
  }

  /** Which part of the volumes is read first, from 0 to 1. */
  double begin() {
    return part.begin();
  }

  /** Packs of this session are safe if they were sent; others if they are there and no garbage. */
  private boolean isSafe(PackId pack) {
    return pack.session().equals(session.id())
        ? sent.contains(pack)
        : present.contains(pack) && !session.isGarbage(pack);
  }

  private void loadSession() throws BackupException {
    List<StoredObject> packs = new ArrayList<>();
    repository.store().list(PackId.prefixOf(session.id()), packs::add);
    for (StoredObject object : packs) {
      Optional<PackId> pack = PackId.ofObject(object.name());
      if (pack.isPresent()) {
        ifUndamaged(() -> {
          reader.footer(pack.get(), object.sizeBytes()).forEach(this::remember);
          sent.add(pack.get());
        });
      }
    }
  }

  private void remember(PackEntry entry) {
    if (entry.type() == BlobType.PAGE) {
      entry.region().ifPresent(label -> finished.put(label, entry.ref()));
    } else {
      index.add(entry.ref());
    }
  }

  /** Puts all blobs of a backup into the index that are safe, each page once. */
  private final class Loader implements BackupTree.Visitor {
    private final Set<BlobRef> pages;

    Loader(Set<BlobRef> pages) {
      this.pages = pages;
    }

    @Override
    public void blob(BlobRef ref) {
      add(ref);
    }

    @Override
    public boolean page(BlobRef ref) {
      add(ref);
      return !index.isFull() && pages.add(ref);
    }

    @Override
    public void chunk(BlobRef ref) {
      add(ref);
    }

    private void add(BlobRef ref) {
      if (isSafe(ref.pack())) {
        index.add(ref);
      }
    }
  }
}
