package io.mooring.localcluster.orchestrator;

/**
 * A node as the scheduler sees it. A place that has no label is empty, and an empty label is like
 * no other.
 *
 * @param up false while the node is judged dead or was never seen
 */
public record NodeSite(String node, String region, String zone, String rack, boolean up) {

  /** True if both are in one region. */
  boolean sharesRegion(NodeSite other) {
    return !region.isEmpty() && region.equals(other.region);
  }

  /** True if both are in one zone; zones of different regions may have the same name. */
  boolean sharesZone(NodeSite other) {
    return !zone.isEmpty() && zone.equals(other.zone) && region.equals(other.region);
  }

  /** True if both are in one rack; racks of different zones may have the same name. */
  boolean sharesRack(NodeSite other) {
    return !rack.isEmpty()
        && rack.equals(other.rack)
        && zone.equals(other.zone)
        && region.equals(other.region);
  }
}
