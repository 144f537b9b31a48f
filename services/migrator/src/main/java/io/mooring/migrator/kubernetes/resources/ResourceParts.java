package io.mooring.migrator.kubernetes.resources;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mooring.migrator.control.CommittedState;
import io.mooring.migrator.control.Letters;
import io.mooring.migrator.outside.PairProbe;
import io.mooring.migrator.outside.RepositoryDoor;
import io.mooring.migrator.outside.VolumeManagerClient;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * What stands between the cluster and the control topics.
 *
 * @param topics connects to the state topics; each leadership has a connection of its own
 */
public record ResourceParts(
    KubernetesClient client,
    Supplier<CommittedState> topics,
    Letters letters,
    PairProbe probe,
    VolumeManagerClient manager,
    RepositoryDoor repository,
    Clock clock) {}
