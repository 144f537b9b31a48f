package io.mooring.volumeagent.volumes;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.VolumeState;
import io.mooring.volumeagent.control.StateListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The volumes that concern this node. Out of all volumes of the system only these are kept.
 *
 * <p>While the topic is read from its beginning nothing is acted upon: an old state may ask for the
 * creation of a replica that has long held data. What follows from the states is told once, when
 * the newest of each is known; after that every state is told as it comes.
 */
public final class VolumeDirectory implements StateListener<VolumeState> {

  private final String nodeId;
  private final Predicate<String> hasSomethingOf;
  private final List<VolumeListener> listeners = new ArrayList<>();
  private final Map<String, KnownVolume> known = new HashMap<>();

  /**
   * Volumes of which the topic has said something since the replay began; null values are
   * deletions.
   */
  private final Map<String, Heard> heard = new TreeMap<>();

  private boolean replaying;
  private boolean everCaughtUp;

  private record Heard(@Nullable VolumeState state, @Nullable EventHeaders headers) {}

  /**
   * @param hasSomethingOf whether this node has files or a device of a volume, whatever the states
   *     say
   */
  public VolumeDirectory(String nodeId, Predicate<String> hasSomethingOf) {
    this.nodeId = nodeId;
    this.hasSomethingOf = hasSomethingOf;
  }

  /** Adds a listener; only before states are heard. */
  public void listen(VolumeListener listener) {
    listeners.add(listener);
  }

  @Override
  public synchronized void onReplay() {
    replaying = true;
    heard.clear();
  }

  @Override
  public void onState(
      String volumeId, @Nullable VolumeState state, @Nullable EventHeaders headers) {
    Heard news = new Heard(state, headers);
    synchronized (this) {
      if (replaying) {
        if (isOfInterest(volumeId, state)) {
          heard.put(volumeId, news);
        } else {
          heard.remove(volumeId);
        }
        return;
      }
    }
    takeOver(volumeId, news);
  }

  @Override
  public void onCaughtUp() {
    Map<String, Heard> newest;
    synchronized (this) {
      newest = new TreeMap<>(heard);
      heard.clear();
      replaying = false;
      everCaughtUp = true;
    }
    newest.forEach(this::takeOver);
  }

  private boolean isOfInterest(String volumeId, @Nullable VolumeState state) {
    return known.containsKey(volumeId)
        || (state != null && new KnownVolume(state, null).concerns(nodeId))
        || hasSomethingOf.test(volumeId);
  }

  private void takeOver(String volumeId, Heard news) {
    KnownVolume volume;
    synchronized (this) {
      if (!isOfInterest(volumeId, news.state)) {
        return;
      }
      volume = news.state == null ? null : new KnownVolume(news.state, news.headers);
      if (volume != null && volume.concerns(nodeId)) {
        known.put(volumeId, volume);
      } else {
        known.remove(volumeId);
      }
      notifyAll();
    }
    for (VolumeListener listener : listeners) {
      if (volume == null) {
        listener.onDeleted(volumeId, news.headers);
      } else {
        listener.onVolume(volume);
      }
    }
  }

  /** The newest state of a volume that concerns this node. */
  public synchronized Optional<KnownVolume> find(String volumeId) {
    return Optional.ofNullable(known.get(volumeId));
  }

  /** All volumes that concern this node, by id. */
  public synchronized List<KnownVolume> all() {
    return List.copyOf(new TreeMap<>(known).values());
  }

  /** Sum of the sizes of the volumes that have a replica in a pool of this node. */
  public synchronized long provisionedBytes(String poolId) {
    return known.values().stream()
        .filter(volume -> volume.hasReplicaIn(nodeId, poolId))
        .mapToLong(volume -> volume.state().getSizeBytes())
        .sum();
  }

  /**
   * Whether the topic was ever read up to its end; until then silence about a volume means nothing.
   */
  public synchronized boolean hasCaughtUp() {
    return everCaughtUp;
  }

  /**
   * Waits for a state of a volume.
   *
   * @return the first state that is wanted, or what is known when the time is up
   */
  public synchronized Optional<KnownVolume> await(
      String volumeId, Predicate<VolumeState> wanted, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<KnownVolume> now = find(volumeId);
      long leftMs = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (leftMs <= 0 || now.filter(volume -> wanted.test(volume.state())).isPresent()) {
        return now;
      }
      wait(leftMs);
    }
  }
}
