package io.mooring.volumeagent.node;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Which peers a node watches: all of them while they are few, otherwise a sample. The sample is
 * drawn by a hash of (observer, observed): it looks random, is different for each observer, and
 * hardly changes when nodes come and go, so that long observations are not thrown away.
 */
final class PeerSelection {

  private PeerSelection() {}

  static List<Peer> of(String observer, Collection<Peer> known, int max) {
    return known.stream()
        .filter(peer -> !peer.nodeId().equals(observer))
        .sorted(
            Comparator.<Peer>comparingLong(peer -> draw(observer, peer.nodeId()))
                .thenComparing(Peer::nodeId))
        .limit(max)
        .toList();
  }

  /**
   * 64-bit FNV-1a, finished with the mixer of SplitMix64 so that similar names draw unrelated
   * numbers.
   */
  private static long draw(String observer, String observed) {
    long hash = 0xcbf29ce484222325L;
    String pair = observer + '\u0000' + observed;
    for (int i = 0; i < pair.length(); i++) {
      hash = (hash ^ pair.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}
