package io.mooring.storage.engine;

import io.mooring.storage.replication.CatalogueState;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The catalogue's state of a volume as far as the data plane needs it. States are given in the
 * order in which the catalogue made them durable; repeated ones do no harm.
 */
public record VolumeView(
    VolumeId volume, long sizeBytes, Epoch epoch, Generation generation, List<Copy> copies) {

  public VolumeView {
    copies = List.copyOf(copies);
  }

  /**
   * A replica as the catalogue lists it.
   *
   * @param inSync has every acknowledged write
   * @param address replication port of its node
   */
  public record Copy(ReplicaId replica, boolean inSync, InetSocketAddress address) {}

  public Membership membership() {
    return new Membership(generation, replicas(true), replicas(false));
  }

  private List<ReplicaId> replicas(boolean inSync) {
    return copies.stream().filter(copy -> copy.inSync() == inSync).map(Copy::replica).toList();
  }

  CatalogueState state() {
    return new CatalogueState(epoch, membership());
  }

  Map<ReplicaId, InetSocketAddress> addresses() {
    return copies.stream().collect(Collectors.toMap(Copy::replica, Copy::address));
  }
}
