package io.mooring.volumemanager.csi;

import com.google.protobuf.Int64Value;
import csi.v1.GetCapacityResponse;
import io.mooring.csi.TopologySegment;
import io.mooring.volumemanager.catalogue.NodeProfile;
import io.mooring.volumemanager.catalogue.NodeProfile.PoolProfile;
import io.mooring.volumemanager.volume.StorageParameters;
import io.mooring.volumemanager.volume.VolumeSpec;
import java.util.List;
import java.util.Map;

/** How much can still be stored in a place, divided by the number of replicas. */
final class AvailableCapacity {

  private AvailableCapacity() {}

  static GetCapacityResponse in(
      List<NodeProfile> nodes, Map<String, String> parameters, Map<String, String> place) {
    if (!(StorageParameters.parse(parameters)
        instanceof StorageParameters.Outcome.Valid(VolumeSpec spec))) {
      // Parameters with which nothing can be created leave no capacity.
      return GetCapacityResponse.getDefaultInstance();
    }
    List<PoolProfile> pools =
        nodes.stream()
            .filter(node -> isIn(node, place))
            .filter(node -> spec.places().allow(node.nodeId(), node.rack(), node.zone()))
            .flatMap(node -> node.pools().stream())
            .filter(PoolProfile::healthy)
            .toList();
    long free = pools.stream().mapToLong(PoolProfile::freeBytes).sum();
    long largest = pools.stream().mapToLong(PoolProfile::capacityBytes).max().orElse(0);
    return GetCapacityResponse.newBuilder()
        .setAvailableCapacity(free / spec.repl())
        .setMaximumVolumeSize(Int64Value.of(largest))
        .build();
  }

  private static boolean isIn(NodeProfile node, Map<String, String> place) {
    return matches(place, TopologySegment.NODE, node.nodeId())
        && matches(place, TopologySegment.REGION, node.region())
        && matches(place, TopologySegment.ZONE, node.zone())
        && matches(place, TopologySegment.RACK, node.rack());
  }

  private static boolean matches(Map<String, String> place, String key, String value) {
    return place.getOrDefault(key, value).equals(value);
  }
}
