package io.mooring.migrator.kubernetes.resources;

import io.mooring.kubernetes.Failures;
import io.mooring.kubernetes.RecentWrites;
import io.mooring.migrator.control.ResourceOwner;
import io.mooring.migrator.control.StateView;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps what resources of a kind say under their names, and takes away what is left of resources
 * that are gone. A name has one owner; nobody else changes it.
 */
final class Keeper<T> {

  private static final String REMOVED = "";

  private final Shelf<T> shelf;
  private final Presence presence;
  private final RecentWrites written;
  private final Map<String, T> known = new HashMap<>();
  private final Set<String> claimed = new HashSet<>();

  Keeper(Shelf<T> shelf, Presence presence, Clock clock) {
    this.shelf = shelf;
    this.presence = presence;
    this.written = new RecentWrites(clock);
  }

  /** Before each pass. */
  void begin(StateView topics) {
    known.clear();
    claimed.clear();
    shelf.all().apply(topics).forEach(each -> known.put(shelf.name().apply(each), each));
  }

  /**
   * The name becomes the resource's, unless it is another's.
   *
   * @return why it does not
   */
  Optional<String> claim(Manifest manifest, String name) {
    String owner = manifest.owner().toString();
    String present =
        Optional.ofNullable(known.get(name))
            .map(shelf.owner())
            .orElse(claimed.contains(name) ? "another resource" : owner);
    if (!present.equals(owner)) {
      return Optional.of(
          "MIG-171 The resource is not used. '%s', its name in Mooring, belongs to '%s'."
                  .formatted(name, present)
              + " Delete the other one, or choose another name.");
    }
    claimed.add(name);
    return Optional.empty();
  }

  Optional<T> present(String name) {
    return Optional.ofNullable(known.get(name));
  }

  /**
   * Keeps what a resource says.
   *
   * @return whether it is kept; otherwise it is on its way
   */
  boolean keep(T wanted) {
    String name = shelf.name().apply(wanted);
    if (known.containsKey(name) && shelf.same().test(known.get(name), wanted)) {
      written.arrived(name);
      return true;
    }
    // When it was asked for is no difference here, either.
    boolean waiting = written.last(name).filter(last -> isSame(last, wanted)).isPresent();
    if (!waiting) {
      shelf.put().accept(wanted);
      written.add(name, wanted);
    }
    return false;
  }

  @SuppressWarnings("unchecked")
  private boolean isSame(Object last, T wanted) {
    return last.getClass() == wanted.getClass() && shelf.same().test((T) last, wanted);
  }

  /**
   * Takes away what came from resources that are gone, or that have another name now.
   *
   * @param owners of names, as far as they have resources
   */
  void sweep(Map<String, ResourceOwner> owners, Failures failures) {
    for (T each : known.values()) {
      String name = shelf.name().apply(each);
      ResourceOwner.of(shelf.owner().apply(each))
          .filter(owner -> !owner.equals(owners.get(name)))
          .ifPresent(owner -> failures.attempt(owner, one -> remove(name, one, owners)));
    }
  }

  private void remove(String name, ResourceOwner owner, Map<String, ResourceOwner> owners) {
    if (written.contain(name, REMOVED)) {
      return;
    }
    boolean renamed = owners.containsValue(owner);
    if (renamed || presence.isGone(shelf.kind(), owner)) {
      shelf.remove().accept(name);
      written.add(name, REMOVED);
    }
  }
}
