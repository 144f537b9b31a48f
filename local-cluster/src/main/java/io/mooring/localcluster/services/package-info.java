/**
 * The services of the control plane as processes: schema registry, volume-manager,
 * failover-detector, autopilot, and a volume-agent per node.
 */
@NullMarked
package io.mooring.localcluster.services;

import org.jspecify.annotations.NullMarked;
