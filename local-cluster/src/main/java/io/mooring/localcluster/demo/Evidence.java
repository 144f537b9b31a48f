package io.mooring.localcluster.demo;

import io.mooring.localcluster.incident.Incident;
import io.mooring.localcluster.incident.Subject;
import io.mooring.schemas.VolumeState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What was seen of the failover and of the return of the node.
 *
 * @param newNode where the broker is now
 * @param epochBefore epoch of its volume before the kill
 * @param epochAfter and at the end
 * @param sameLogDirectories whether the broker's log directories are the same as before
 * @param killedAtSecond moment of death on the clock of the load
 * @param returnedAt when the node was started again
 * @param returnTook from then until all its replicas were in sync
 * @param resynced whether that happened within the limit
 * @param volumesOnNode volumes with a replica on the node
 * @param settled whether the pods were spread over the nodes again within the limit
 * @param settledTook from the replicas' return until then
 */
record Evidence(
    Incident incident,
    Subject subject,
    String newNode,
    long epochBefore,
    long epochAfter,
    boolean sameLogDirectories,
    double killedAtSecond,
    Instant returnedAt,
    Duration returnTook,
    boolean resynced,
    List<VolumeState> volumesOnNode,
    boolean settled,
    Duration settledTook) {}
