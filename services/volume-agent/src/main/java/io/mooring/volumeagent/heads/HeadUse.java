package io.mooring.volumeagent.heads;

/** Whom a head serves. Two users of one head would not know of each other's writes. */
public enum HeadUse {
  /** A block device, or one that is about to be attached. */
  DEVICE,
  /** Clients of an NBD export; nobody has staged the volume. */
  EXPORT,
  /** Work on the content that volume-manager has asked for. */
  TASK
}
