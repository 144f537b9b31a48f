package io.mooring.storage.nbd;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The exports by name. */
final class ExportDirectory {

  private final Map<String, PublishedExport> byName = new ConcurrentSkipListMap<>();

  void publish(NbdExport export) {
    if (byName.putIfAbsent(export.name(), PublishedExport.of(export)) != null) {
      throw new IllegalStateException("export '%s' is published already".formatted(export.name()));
    }
  }

  Optional<PublishedExport> withdraw(String name) {
    return Optional.ofNullable(byName.remove(name));
  }

  Optional<PublishedExport> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Collection<PublishedExport> all() {
    return byName.values();
  }
}
