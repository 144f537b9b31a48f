package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.GarbageRecord;
import io.mooring.storage.backup.format.PackId;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.backup.format.SessionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A backup being written. Its record in the store protects what it refers to from {@link PruneJob},
 * over crashes of the writer too: who takes the backup over takes over the session.
 *
 * <p>The record is written before anything is looked at. Garbage that was listed before that is
 * never referred to; garbage that is listed later stays until the session is over.
 */
final class Session {

  private static final int RENEWALS_PER_LEASE = 8;

  private final Repository repository;
  private final String backup;
  private final Duration renewEvery;
  private final Set<PackId> garbage;
  private final ReentrantLock lock = new ReentrantLock();
  private SessionRecord record;

  private Session(
      Repository repository,
      String backup,
      Duration lease,
      Set<PackId> garbage,
      SessionRecord record) {
    this.repository = repository;
    this.backup = backup;
    this.renewEvery = lease.dividedBy(RENEWALS_PER_LEASE);
    this.garbage = garbage;
    this.record = record;
  }

  static Session open(Repository repository, String backup, String request, Duration lease)
      throws BackupException {
    SessionRecord fresh =
        new SessionRecord(repository.newId(), request, repository.now(), Set.of());
    SessionRecord record = startOrTakeOver(repository, backup, fresh);
    boolean first = record == fresh;
    if (!record.request().equals(request)) {
      throw new BackupException(
          Fault.OTHER_REQUEST, "Backup '%s' is not continued.".formatted(backup));
    }
    List<GarbageRecord> lists = Garbage.lists(repository);
    Set<PackId> garbage = new HashSet<>();
    Set<UUID> seen = new HashSet<>();
    for (GarbageRecord list : lists) {
      garbage.addAll(list.packs());
      seen.add(list.id());
    }
    // Whoever takes over must not claim to know lists that the one before did not know.
    SessionRecord known =
        new SessionRecord(
            record.session(), request, repository.now(), first ? seen : record.seen());
    Session session = new Session(repository, backup, lease, garbage, known);
    session.write();
    return session;
  }

  private static SessionRecord startOrTakeOver(
      Repository repository, String backup, SessionRecord fresh) throws BackupException {
    String name = SessionRecord.objectName(backup);
    while (true) {
      if (repository.store().putIfAbsent(name, repository.seal(name, fresh.encode()))) {
        return fresh;
      }
      Optional<SessionRecord> present = read(repository, backup);
      if (present.isPresent()) {
        return present.get();
      }
      // Its writer has completed it in between.
    }
  }

  static Optional<SessionRecord> read(Repository repository, String backup) throws BackupException {
    Optional<byte[]> bytes = repository.record(SessionRecord.objectName(backup));
    return bytes.isEmpty() ? Optional.empty() : Optional.of(SessionRecord.decode(bytes.get()));
  }

  UUID id() {
    return record.session();
  }

  /** Whether the backup must not refer to that pack. */
  boolean isGarbage(PackId pack) {
    return garbage.contains(pack);
  }

  /** Shows that the writer lives, if that is due. */
  void renew() throws BackupException {
    lock.lock();
    try {
      Instant now = repository.now();
      if (record.renewedAt().plus(renewEvery).isAfter(now)) {
        return;
      }
      record = record.renewed(now);
      write();
    } finally {
      lock.unlock();
    }
  }

  /** Makes the backup exist, unless it was given up. */
  void complete(RootObject.Complete root) throws BackupException {
    boolean open =
        read(repository, backup).filter(present -> present.session().equals(id())).isPresent();
    if (!open || !repository.claim(backup, root)) {
      RootObject present = repository.root(backup).orElse(null);
      if (!(present instanceof RootObject.Complete)) {
        throw over(backup, present);
      }
      // Another writer of this session was faster; its backup is as good.
    }
    repository.store().delete(SessionRecord.objectName(backup));
  }

  static BackupException over(String backup, @Nullable RootObject root) {
    String reason =
        root instanceof RootObject.Tombstone(Instant _, String why) ? why : "it is over";
    return new BackupException(
        Fault.BACKUP_GONE, "Backup '%s' cannot be completed: %s.".formatted(backup, reason));
  }

  private void write() throws BackupException {
    String name = SessionRecord.objectName(backup);
    repository.store().put(name, repository.seal(name, record.encode()));
  }
}
