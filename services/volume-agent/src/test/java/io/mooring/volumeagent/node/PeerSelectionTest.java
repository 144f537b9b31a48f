package io.mooring.volumeagent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PeerSelectionTest {

  @Test
  void fewPeersAreAllWatchedAndNobodyWatchesItself() {
    List<Peer> watched = PeerSelection.of("n2", nodes(4), 16);

    assertThat(watched).extracting(Peer::nodeId).containsExactlyInAnyOrder("n1", "n3", "n4");
  }

  @Test
  void amongManyEveryNodeIsWatchedBySomebody() {
    List<Peer> nodes = nodes(200);
    Map<String, Integer> watchers = new HashMap<>();
    for (Peer observer : nodes) {
      List<Peer> watched = PeerSelection.of(observer.nodeId(), nodes, 16);
      assertThat(watched).hasSize(16);
      watched.forEach(peer -> watchers.merge(peer.nodeId(), 1, Integer::sum));
    }

    assertThat(watchers).hasSize(200);
    assertThat(watchers.values()).allMatch(count -> count >= 4);
  }

  @Test
  void aNodeThatLeavesCostsAnObserverAtMostOneWatch() {
    List<Peer> before = nodes(100);
    List<Peer> after = before.subList(0, 99);

    Set<Peer> kept = new HashSet<>(PeerSelection.of("n1", before, 16));
    kept.retainAll(PeerSelection.of("n1", after, 16));

    assertThat(kept).hasSizeGreaterThanOrEqualTo(15);
  }

  private static List<Peer> nodes(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> new Peer("n" + i, "h" + i, 7421)).toList();
  }
}
