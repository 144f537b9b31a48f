package io.mooring.volumeagent.config;

/** How volumes become block devices of this node. */
public enum AttacherRoute {
  /** The kernel's own NBD client. */
  NBD,
  /** A file served through FUSE, below a loop device. */
  FUSE
}
