package io.mooring.localcluster.orchestrator;

import java.util.List;
import java.util.Map;

/**
 * The volume that each pod of a set gets.
 *
 * @param name first part of the volumes' names
 * @param sizeBytes capacity that is asked for
 * @param namespace namespace of the claims
 * @param parameters parameters of the storage class
 * @param mountOptions mount options of the storage class
 */
public record VolumeClaim(
    String name,
    long sizeBytes,
    String namespace,
    Map<String, String> parameters,
    List<String> mountOptions) {

  public VolumeClaim {
    parameters = Map.copyOf(parameters);
    mountOptions = List.copyOf(mountOptions);
  }
}
