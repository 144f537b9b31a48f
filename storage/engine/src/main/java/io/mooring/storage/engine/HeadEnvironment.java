package io.mooring.storage.engine;

import io.mooring.storage.replication.StreamId;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What heads use of their node.
 *
 * @param streamIds numbers for streams to the replicas of this node
 * @param background threads for the head's record
 */
record HeadEnvironment(
    ReplicaDirectory replicas,
    Supplier<StreamId> streamIds,
    PayloadPool payloads,
    Executor background) {}
