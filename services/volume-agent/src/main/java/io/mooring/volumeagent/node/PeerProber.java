package io.mooring.volumeagent.node;

import io.mooring.schemas.PeerObservation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Watches peers, each with a thread of its own, so that a silent one does not delay the view of the
 * others.
 */
public final class PeerProber implements AutoCloseable {

  /**
   * @param interval distance of two questions to one peer
   * @param timeout when a question counts as unanswered
   * @param peersMax how many peers are watched
   */
  public record Settings(Duration interval, Duration timeout, int peersMax) {
    /** Age at which the newest result says nothing about the present: two rounds were missed. */
    Duration freshness() {
      return interval.plus(timeout).multipliedBy(2);
    }
  }

  private final String observer;
  private final Settings settings;
  private final Map<String, Watch> watches = new ConcurrentSkipListMap<>();

  public PeerProber(String observer, Settings settings) {
    this.observer = observer;
    this.settings = settings;
  }

  /** Replaces the peers that are known. Watches of unchanged peers go on undisturbed. */
  public synchronized void know(Collection<Peer> known) {
    Map<String, Peer> wanted =
        PeerSelection.of(observer, known, settings.peersMax()).stream()
            .collect(Collectors.toMap(Peer::nodeId, peer -> peer));
    watches.values().removeIf(watch -> watch.endUnless(wanted.get(watch.peer.nodeId())));
    wanted.values().forEach(peer -> watches.computeIfAbsent(peer.nodeId(), _ -> new Watch(peer)));
  }

  /** What is seen now, in order of node id. */
  public List<PeerObservation> observations() {
    long now = System.nanoTime();
    return watches.values().stream().map(watch -> watch.observation(now)).toList();
  }

  @Override
  public synchronized void close() {
    watches.values().removeIf(watch -> watch.endUnless(null));
  }

  private final class Watch {
    private final Peer peer;
    private final PeriodicThread thread;
    private volatile OutcomeRun run = OutcomeRun.unknown(System.nanoTime());

    Watch(Peer peer) {
      this.peer = peer;
      this.thread = PeriodicThread.start("probe-" + peer.nodeId(), settings.interval(), this::ask);
    }

    private void ask() {
      long sentAt = System.nanoTime();
      PeerProbe.Result result =
          PeerProbe.ask(new InetSocketAddress(peer.host(), peer.probePort()), settings.timeout());
      run = run.with(result, sentAt, System.nanoTime());
    }

    boolean endUnless(@Nullable Peer wanted) {
      boolean ends = !peer.equals(wanted);
      if (ends) {
        thread.close();
      }
      return ends;
    }

    PeerObservation observation(long now) {
      OutcomeRun seen = run.seenAt(now, settings.freshness());
      return PeerObservation.newBuilder()
          .setNodeId(peer.nodeId())
          .setOutcome(seen.outcome())
          .setSinceMs(seen.sinceMs(now))
          .setRttMicros(seen.roundTripMicros())
          .build();
    }
  }
}
