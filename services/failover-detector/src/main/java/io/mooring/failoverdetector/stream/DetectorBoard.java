package io.mooring.failoverdetector.stream;

import io.mooring.failoverdetector.brokers.RememberedCluster;
import io.mooring.failoverdetector.liveness.NodeView;
import io.mooring.schemas.NodeEvent;
import java.util.List;

/** Where the processor shows what it sees. Called from the stream thread; must not block. */
public interface DetectorBoard {

  /**
   * The detector at one tick.
   *
   * @param quiet nobody at all is heard, so nothing is judged
   * @param ownPauses how often the detector was paused since it started
   */
  record Picture(
      List<NodeView> nodes, List<RememberedCluster> clusters, boolean quiet, long ownPauses) {

    /** Nothing is known, because this instance is not the one that judges. */
    public static final Picture STANDBY = new Picture(List.of(), List.of(), true, 0);

    public Picture {
      nodes = List.copyOf(nodes);
      clusters = List.copyOf(clusters);
    }
  }

  /** This instance judges now. */
  void took(Picture picture);

  /** This instance judges no more. */
  void released();

  /** An event about a node was decided. */
  void judged(NodeEvent event);

  /** A record was given up. */
  void rejected(String code);
}
