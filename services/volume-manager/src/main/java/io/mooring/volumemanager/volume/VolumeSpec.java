package io.mooring.volumemanager.volume;

import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import java.util.List;
import java.util.Map;

/**
 * What the user asked for, after validation.
 *
 * @param repl number of synchronous replicas
 * @param priorityIo preferred class of pool, a hint
 * @param ioProfile flush behaviour
 * @param fs file system on a mounted volume
 * @param places where replicas may lie
 * @param grouping with which other volumes it must not share its nodes
 * @param labels parameters that Mooring does not interpret
 */
public record VolumeSpec(
    int repl,
    PoolPriority priorityIo,
    IoProfile ioProfile,
    FileSystem fs,
    Places places,
    Grouping grouping,
    Map<String, String> labels) {

  public static final int REPL_MIN = 1;
  public static final int REPL_MAX = 3;

  /**
   * Places to which replicas are restricted; an empty list allows any.
   *
   * @param nodes allowed nodes
   * @param racks allowed racks
   * @param zones allowed zones
   */
  public record Places(List<String> nodes, List<String> racks, List<String> zones) {

    static final Places ANY = new Places(List.of(), List.of(), List.of());

    public Places {
      nodes = List.copyOf(nodes);
      racks = List.copyOf(racks);
      zones = List.copyOf(zones);
    }

    public boolean allow(String node, String rack, String zone) {
      return allows(nodes, node) && allows(racks, rack) && allows(zones, zone);
    }

    private static boolean allows(List<String> restriction, String value) {
      return restriction.isEmpty() || restriction.contains(value);
    }
  }

  /**
   * Volumes of one group are spread over nodes.
   *
   * @param group name of the group, empty for none
   * @param fg refuse creation when the group cannot be spread
   */
  public record Grouping(String group, boolean fg) {

    static final Grouping NONE = new Grouping("", false);
  }

  public VolumeSpec {
    labels = Map.copyOf(labels);
  }

  /** Coalesced flushes are only as safe as a second replica makes them, so they end with it. */
  VolumeSpec withRepl(int newRepl) {
    return new VolumeSpec(
        newRepl,
        priorityIo,
        newRepl == 1 ? IoProfile.NONE : ioProfile,
        fs,
        places,
        grouping,
        labels);
  }
}
