package io.mooring.localcluster.orchestrator;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The storage driver as an orchestrator uses it. Every call may be repeated and then has no further
 * effect; every call throws {@link VolumeException} when it did not succeed, which says nothing
 * about whether it had an effect.
 */
public interface Volumes {

  /** Makes the volume of that name unless it exists. Returns its id. */
  String create(String name, VolumeClaim claim) throws InterruptedException;

  /** The volume of that name, which somebody else has made. Returns its id. */
  String find(String name, VolumeClaim claim) throws InterruptedException;

  /** Nodes with a replica of the volume that may serve. */
  Set<String> replicaNodes(String volumeId);

  /** Gives the volume to a node. Returns what the node needs to know. */
  Map<String, String> publish(String volumeId, String node) throws InterruptedException;

  /**
   * Takes the volume from a node. When it returns, the node can have no write acknowledged any
   * more, whether it knows or not.
   */
  void unpublish(String volumeId, String node) throws InterruptedException;

  /** Attaches and mounts the volume on a node and returns where the pod finds it. */
  Path mount(String volumeId, String node, String pod, Map<String, String> publishContext)
      throws InterruptedException;

  /** Undoes {@link #mount}. */
  void unmount(String volumeId, String node, String pod) throws InterruptedException;
}
