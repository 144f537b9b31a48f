package io.mooring.localcluster.orchestrator;

import java.util.Map;

/**
 * The volume that each pod of a set gets.
 *
 * @param name first part of the volumes' names
 * @param sizeBytes capacity that is asked for
 * @param parameters parameters of the storage class
 */
public record VolumeClaim(String name, long sizeBytes, Map<String, String> parameters) {

  public VolumeClaim {
    parameters = Map.copyOf(parameters);
  }
}
