package io.mooring.csi;

/**
 * Keys of topology segments: the node plugin tells with them where its node stands, the controller
 * reads from them where a volume is wanted.
 */
public final class TopologySegment {

  public static final String NODE = "topology.mooring.io/node";
  public static final String REGION = "topology.mooring.io/region";
  public static final String ZONE = "topology.mooring.io/zone";
  public static final String RACK = "topology.mooring.io/rack";

  private TopologySegment() {}
}
