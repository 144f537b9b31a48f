/** Mooring as the orchestrator's storage driver: CSI on unix sockets. */
@NullMarked
package io.mooring.localcluster.storage;

import org.jspecify.annotations.NullMarked;
