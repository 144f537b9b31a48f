package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.mooring.migrator.outside.KnownVolume;
import io.mooring.migrator.outside.VolumeManagerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which volumes of Mooring belong to which claims. Used by one thread. */
final class VolumeDirectory {

  private static final Duration KEPT = Duration.ofSeconds(30);

  private final ResourceView view;
  private final VolumeManagerClient manager;
  private final String driver;
  private final Clock clock;
  private List<KnownVolume> known = List.of();
  private Instant asked = Instant.MIN;
  private boolean fresh;

  /**
   * @param driver name of Mooring's CSI driver; volumes of others are none of ours
   */
  VolumeDirectory(ResourceView view, VolumeManagerClient manager, String driver, Clock clock) {
    this.view = view;
    this.manager = manager;
    this.driver = driver;
    this.clock = clock;
  }

  /** Before each pass. */
  void begin() {
    fresh = false;
  }

  /**
   * Volumes of some claims.
   *
   * @param names of the volumes, in order
   * @param strangers claims that are bound to volumes that are not Mooring's
   */
  record Chosen(List<String> names, List<String> strangers) {}

  /**
   * The volumes of all claims that have labels; a claim that is not bound has none yet.
   *
   * @throws UncheckedIOException if volume-manager does not answer
   */
  Chosen chosen(List<String> namespaces, Predicate<Map<String, String>> labels) {
    Chosen chosen = chosen(namespaces, labels, known());
    return chosen.strangers().isEmpty() ? chosen : chosen(namespaces, labels, anew());
  }

  private Chosen chosen(
      List<String> namespaces, Predicate<Map<String, String>> labels, List<KnownVolume> volumes) {
    Map<String, String> nameOf = new HashMap<>();
    volumes.forEach(volume -> nameOf.put(volume.id(), volume.name()));
    Map<String, String> idOf = new HashMap<>();
    claims().forEach((id, claim) -> idOf.put(key(claim), id));
    List<String> names = new ArrayList<>();
    List<String> strangers = new ArrayList<>();
    for (PersistentVolumeClaim claim : claims(namespaces, labels)) {
      String name = nameOf.get(idOf.getOrDefault(key(claim), ""));
      if (name != null) {
        names.add(name);
      } else if (claim.getSpec().getVolumeName() != null) {
        strangers.add(key(claim));
      }
    }
    return new Chosen(names.stream().sorted().toList(), strangers.stream().sorted().toList());
  }

  /**
   * Whether volumes of a namespace's claims can be told by their labels. Those that came from
   * another cluster, to a namespace of another name, cannot.
   *
   * @throws UncheckedIOException if volume-manager does not answer
   */
  boolean areLabelled(String label, String value) {
    Predicate<KnownVolume> labelled = volume -> value.equals(volume.parameters().get(label));
    return known().stream().anyMatch(labelled) || anew().stream().anyMatch(labelled);
  }

  /** Volumes as they were known lately: to find one among them is no reason to ask again. */
  private List<KnownVolume> known() {
    return asked.isBefore(clock.instant().minus(KEPT)) ? anew() : known;
  }

  /** One that was not found may be new. It is asked once in a pass. */
  private List<KnownVolume> anew() {
    if (!fresh) {
      try {
        known = manager.volumes();
        asked = clock.instant();
        fresh = true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return known;
  }

  /** Claims of namespaces that have labels. */
  List<PersistentVolumeClaim> claims(
      List<String> namespaces, Predicate<Map<String, String>> labels) {
    return view.claims().stream()
        .filter(claim -> namespaces.contains(claim.getMetadata().getNamespace()))
        .filter(claim -> labels.test(present(claim.getMetadata().getLabels())))
        .toList();
  }

  private static String key(PersistentVolumeClaim claim) {
    return claim.getMetadata().getNamespace() + "/" + claim.getMetadata().getName();
  }

  /** The claim of each volume, by the volume's id. */
  Map<String, PersistentVolumeClaim> claims() {
    Map<String, PersistentVolumeClaim> claims = new HashMap<>();
    for (PersistentVolume volume : view.volumes()) {
      claim(volume)
          .ifPresent(claim -> claims.put(volume.getSpec().getCsi().getVolumeHandle(), claim));
    }
    return claims;
  }

  private Optional<PersistentVolumeClaim> claim(PersistentVolume volume) {
    var csi = volume.getSpec() == null ? null : volume.getSpec().getCsi();
    ObjectReference reference = csi == null ? null : volume.getSpec().getClaimRef();
    if (reference == null || !driver.equals(csi.getDriver())) {
      return Optional.empty();
    }
    return view.claim(reference.getNamespace(), reference.getName())
        // A claim of the same name may be a later one, with another volume.
        .filter(claim -> volume.getMetadata().getName().equals(claim.getSpec().getVolumeName()));
  }

  private static Map<String, String> present(@Nullable Map<String, String> labels) {
    return labels == null ? Map.of() : labels;
  }
}
