package io.mooring.localcluster.orchestrator;

/** Steps in the life of a pod, in the order in which they happen. */
public enum PodStep {
  /** The pod exists but has no node yet. */
  CREATED,
  /** A node was chosen. */
  SCHEDULED,
  /** The volume belongs to the node (ControllerPublish). */
  VOLUME_PUBLISHED,
  /** The volume is attached and mounted (NodeStage and NodePublish). */
  VOLUME_MOUNTED,
  /** The process runs. */
  STARTED,
  /** It accepts connections. */
  READY,
  /** The process ended by itself and will be started again in place. */
  CRASHED,
  /** It is ended in order, to be made again on a node with fewer pods of its set. */
  MOVING,
  /** It is ended in order, because its set is to have fewer pods. */
  STOPPING,
  /** The pod was deleted because its node is judged dead. */
  EVICTED,
  /** The volume was taken from the node (ControllerUnpublish). */
  VOLUME_UNPUBLISHED,
  /** The set has fewer pods now, and nothing of this one is left but its volume. */
  STOPPED,
  /** A step failed and is repeated. */
  FAILED
}
