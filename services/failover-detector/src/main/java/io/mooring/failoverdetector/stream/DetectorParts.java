package io.mooring.failoverdetector.stream;

import io.mooring.failoverdetector.liveness.LivenessSettings;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What the processor needs besides Kafka.
 *
 * @param source CloudEvents source of this instance
 * @param settings constants of the judgement
 * @param incidentWindow how long a NodeDown may explain the loss of a broker
 * @param clusters exchange with the threads that read the clusters
 * @param board where the outside looks at what the detector sees
 * @param ids source of event and correlation ids
 */
public record DetectorParts(
    String source,
    LivenessSettings settings,
    Duration incidentWindow,
    ClusterExchange clusters,
    DetectorBoard board,
    Supplier<UUID> ids) {}
