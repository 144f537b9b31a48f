/**
 * The container storage interface on the wire: generated messages and stubs in {@code csi.v1}, and
 * here the two ends of the unix domain socket that an orchestrator and a driver share.
 */
@NullMarked
package io.mooring.csi;

import org.jspecify.annotations.NullMarked;
