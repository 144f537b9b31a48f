/**
 * The CSI door: Identity and Controller on a unix socket. Every call may be repeated, and gives the
 * same result as once, because commands are idempotent by the state of the volume.
 */
@NullMarked
package io.mooring.volumemanager.csi;

import org.jspecify.annotations.NullMarked;
