package io.mooring.storage.backup;

import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.format.GarbageRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The lists of garbage that stand in a repository. */
final class Garbage {

  private Garbage() {}

  static List<GarbageRecord> lists(Repository repository) throws BackupException {
    TreeSet<String> names = new TreeSet<>();
    repository.store().list(GarbageRecord.PREFIX, object -> names.add(object.name()));
    List<GarbageRecord> lists = new ArrayList<>();
    for (String name : names) {
      Optional<byte[]> bytes = repository.record(name);
      if (bytes.isPresent()) {
        lists.add(GarbageRecord.decode(bytes.get()));
      }
    }
    return lists;
  }
}
