package io.mooring.localcluster.application;

import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.orchestrator.Orchestrator;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.orchestrator.PodStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The objects of a cluster, and its pods made to be what the objects say. An object is taken in
 * whole or refused; the pods follow in the background.
 */
public final class Applications {

  /**
   * What a namespace runs.
   *
   * @param desired pods that it is to have
   * @param running of a set that is to run, pods that are ready; of one that is to have none, pods
   *     that are not gone: each counts until its volume is detached
   * @param ready pods that accept connections
   * @param active whether it is to have any
   */
  public record State(int desired, int running, int ready, boolean active) {}

  private final Orchestrator orchestrator;
  private final SetReader reader;
  // Guarded by this: in the order in which they came, which is that of their creation.
  private final Map<Manifest.Key, Manifest> objects = new LinkedHashMap<>();

  public Applications(Orchestrator orchestrator, PodTemplates templates) {
    this.orchestrator = orchestrator;
    this.reader = new SetReader(templates, key -> Optional.ofNullable(objects.get(key)));
  }

  /** All objects of a namespace, in an order in which they can be made elsewhere. */
  public synchronized List<Manifest> list(String namespace) {
    Map<Manifest.Key, Manifest> all = new LinkedHashMap<>();
    for (Manifest object : objects.values()) {
      if (object.namespace().equals(namespace)) {
        all.put(object.key(), object);
      }
    }
    for (Manifest set : sets(namespace)) {
      reader.claims(set).forEach(claim -> all.putIfAbsent(claim.key(), claim));
    }
    return all.values().stream().sorted(Comparator.comparing(Manifest::kind)).toList();
  }

  /**
   * Makes an object, or makes it say this. A set that runs goes on; the new form counts for pods
   * that are made from now on.
   *
   * @param start gives a set that does not run its pods; without it a new set has none, and the
   *     number that it would have is remembered
   * @throws io.mooring.localcluster.LocalClusterException LCL-040 or LCL-041; nothing has changed
   */
  public synchronized void put(Manifest object, boolean start) {
    if (object.kind() == ObjectKind.STATEFUL_SET) {
      putSet(object, start);
      return;
    }
    if (object.kind() == ObjectKind.CLAIM) {
      object.fields().text("/spec/storageClassName");
    }
    Manifest before = objects.put(object.key(), object);
    try {
      // What a set is made of may come after it.
      sets(object.namespace()).forEach(set -> orchestrator.put(reader.read(set)));
    } catch (RuntimeException e) {
      restore(object.key(), before);
      throw e;
    }
  }

  private void putSet(Manifest set, boolean start) {
    for (Manifest other : objects.values()) {
      if (other.kind() == ObjectKind.STATEFUL_SET
          && other.name().equals(set.name())
          && !other.namespace().equals(set.namespace())) {
        throw ManifestFault.conflict(
            "StatefulSet '%s' is not accepted".formatted(set.name()),
            "namespace '%s' has one of this name, and pods have their addresses by it"
                .formatted(other.namespace()),
            "Take the other one away first");
      }
    }
    boolean runs = orchestrator.desired(set.name()) > 0;
    Manifest kept = start || runs ? SetReader.running(set) : SetReader.stopped(set);
    orchestrator.put(reader.read(kept));
    objects.put(kept.key(), kept);
    orchestrator.scale(kept.name(), SetReader.replicas(kept));
  }

  /**
   * Takes an object away; one that is not there is gone. A claim is kept: without it a pod would
   * make an empty volume where it finds none.
   *
   * @throws io.mooring.localcluster.LocalClusterException LCL-049 if it is a claim, runs, or is
   *     named by a set; nothing has changed
   */
  public synchronized void delete(Manifest.Key key) {
    Manifest object = objects.get(key);
    if (key.kind() == ObjectKind.CLAIM) {
      throw kept(key, "its volume may have data", "Delete the volume, if nobody needs it");
    }
    if (object == null) {
      return;
    }
    if (key.kind() == ObjectKind.STATEFUL_SET) {
      deleteSet(object);
      return;
    }
    objects.remove(key);
    try {
      sets(key.namespace()).forEach(reader::read);
    } catch (RuntimeException e) {
      objects.put(key, object);
      throw kept(key, "a stateful set of its namespace names it", "Delete the set first");
    }
  }

  private void deleteSet(Manifest set) {
    if (orchestrator.desired(set.name()) > 0 || !pods(set).isEmpty()) {
      throw kept(set.key(), "it runs", "Stop the application first");
    }
    orchestrator.remove(set.name());
    objects.remove(set.key());
  }

  private static LocalClusterException kept(Manifest.Key key, String why, String fix) {
    return ManifestFault.kept(
        "%s '%s' is not deleted".formatted(key.kind().word(), key.name()), why, fix);
  }

  private void restore(Manifest.Key key, @org.jspecify.annotations.Nullable Manifest before) {
    if (before == null) {
      objects.remove(key);
    } else {
      objects.put(key, before);
    }
  }

  /**
   * Ends all pods of a namespace in order, in the background; their numbers are remembered. What
   * came last ends first: it may need the others to end well.
   */
  public synchronized void stop(String namespace) {
    for (Manifest set : sets(namespace).reversed()) {
      objects.put(set.key(), SetReader.stopped(set));
      orchestrator.scale(set.name(), 0);
    }
  }

  /** Gives all sets of a namespace the pods that they had, in the background. */
  public synchronized void start(String namespace) {
    for (Manifest set : sets(namespace)) {
      Manifest running = SetReader.running(set);
      objects.put(set.key(), running);
      orchestrator.scale(set.name(), SetReader.replicas(running));
    }
  }

  /** What a namespace runs now. */
  public synchronized State state(String namespace) {
    int desired = 0;
    int running = 0;
    int ready = 0;
    for (Manifest set : sets(namespace)) {
      int wanted = orchestrator.desired(set.name());
      List<PodStatus> pods = pods(set);
      int open = Math.toIntExact(pods.stream().filter(pod -> pod.step() == PodStep.READY).count());
      desired += wanted;
      ready += open;
      running += wanted > 0 ? open : pods.size();
    }
    return new State(desired, running, ready, desired > 0);
  }

  /** Pods of a namespace that run and carry all of the labels. */
  synchronized List<PodStatus> running(String namespace, Map<String, String> selector) {
    List<PodStatus> found = new ArrayList<>();
    for (Manifest set : sets(namespace)) {
      Map<String, String> labels = set.fields().texts("/spec/template/metadata/labels");
      if (labels.entrySet().containsAll(selector.entrySet())) {
        pods(set).stream()
            .filter(pod -> pod.step() == PodStep.READY || pod.step() == PodStep.STARTED)
            .forEach(found::add);
      }
    }
    return found;
  }

  private List<PodStatus> pods(Manifest set) {
    return orchestrator.pods().stream().filter(pod -> pod.pod().set().equals(set.name())).toList();
  }

  private List<Manifest> sets(String namespace) {
    return objects.values().stream()
        .filter(object ->
            object.kind() == ObjectKind.STATEFUL_SET && object.namespace().equals(namespace))
        .toList();
  }
}
