package io.mooring.localcluster.capacity;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.schemas.VolumeState;
import java.util.ArrayList;
import java.util.List;

/** The volume of a broker. */
record BrokerVolume(int broker, String volumeId, String volumeName) {

  /** Those of all brokers, in order. */
  static List<BrokerVolume> all(LocalCluster cluster, int brokers) {
    List<BrokerVolume> all = new ArrayList<>();
    for (int broker = 0; broker < brokers; broker++) {
      String pod = ManagedKafka.podOf(broker);
      VolumeState state =
          cluster.catalogue().volumes().stream()
              .filter(volume -> volume.getName().endsWith("-" + pod))
              .findFirst()
              .orElseThrow(() ->
                  new LocalClusterException(
                      "LCL-030",
                      "Pod '" + pod + "' has no volume",
                      "the catalogue does not name one",
                      "Look at ./mooring status and the pod's log."));
      all.add(new BrokerVolume(broker, state.getVolumeId(), state.getName()));
    }
    return all;
  }

  /** Size as the catalogue has it now. */
  long sizeBytes(LocalCluster cluster) {
    return cluster.catalogue().volume(volumeId).map(VolumeState::getSizeBytes).orElse(0L);
  }
}
