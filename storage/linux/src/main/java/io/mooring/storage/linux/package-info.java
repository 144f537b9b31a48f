/**
 * What Mooring needs of the Linux kernel and the JDK does not offer: positional file I/O that
 * survives thread interrupts, a block file served on {@code /dev/fuse}, loop devices, mounts, and
 * descriptors passed between processes.
 *
 * <p>Every call goes straight to the C library through the foreign function interface. A failing
 * call throws {@link io.mooring.storage.linux.LinuxException} with the errno, because callers treat
 * a full disk, a broken disk and a missing privilege differently. External programs run only where
 * a file system is made or grown.
 *
 * <p>Calls block in native code: a virtual thread that makes one pins its carrier.
 */
@NullMarked
package io.mooring.storage.linux;

import org.jspecify.annotations.NullMarked;
