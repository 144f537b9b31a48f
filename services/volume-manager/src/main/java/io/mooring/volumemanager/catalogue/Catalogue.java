package io.mooring.volumemanager.catalogue;

import io.mooring.streams.StaticMembership;
import io.mooring.volumemanager.rebalance.VolumeOutline;
import io.mooring.volumemanager.snapshot.SnapshotSetId;
import io.mooring.volumemanager.volume.Volume;
import io.mooring.volumemanager.volume.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jboss.logging.Logger;

/**
 * The running catalogue: starts the topology and reads its stores. A volume may be read a moment
 * before the transaction that changed it is committed.
 */
public final class Catalogue implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Catalogue.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
  private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);

  private final KafkaStreams streams;
  private final StaticMembership membership;
  private final HostInfo self;

  private Catalogue(KafkaStreams streams, StaticMembership membership, HostInfo self) {
    this.streams = streams;
    this.membership = membership;
    this.self = self;
  }

  /**
   * Starts deciding.
   *
   * @param self address under which other instances reach this one
   * @param onFatal called when the catalogue cannot go on in this process
   */
  public static Catalogue start(
      Topology topology, Properties config, HostInfo self, Runnable onFatal) {
    StaticMembership membership =
        StaticMembership.in(
            Path.of(config.getProperty(StreamsConfig.STATE_DIR_CONFIG)), "volume-manager");
    KafkaStreams streams = new KafkaStreams(topology, config, membership);
    streams.setUncaughtExceptionHandler(failure -> {
      LOG.errorf(failure, "A stream thread failed and is replaced");
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(RESTART_PAUSE.toSeconds()));
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    });
    streams.setStateListener((now, before) -> {
      LOG.infof("Catalogue: from=%s to=%s", before, now);
      if (now == KafkaStreams.State.ERROR) {
        onFatal.run();
      }
    });
    streams.start();
    return new Catalogue(streams, membership, self);
  }

  /** Whether this instance has its share of the volumes and answers questions about them. */
  public boolean isReady() {
    if (streams.state() != KafkaStreams.State.RUNNING) {
      return false;
    }
    try {
      volumes();
      return true;
    } catch (NotReadyException _) {
      return false;
    }
  }

  /** The instance that decides on a volume, or empty if it is this one. */
  public Optional<HostInfo> otherOwner(VolumeId id) {
    KeyQueryMetadata owner;
    try {
      owner =
          streams.queryMetadataForKey(
              CatalogueTopology.VOLUMES_STORE, id.value(), new StringSerializer());
    } catch (IllegalStateException | StreamsException e) {
      throw new NotReadyException("the catalogue is starting or moving", e);
    }
    if (owner == null || owner.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
      throw new NotReadyException("nobody decides on volume " + id + " at the moment");
    }
    return owner.activeHost().equals(self) ? Optional.empty() : Optional.of(owner.activeHost());
  }

  /** All other instances that decide on volumes. */
  public Set<HostInfo> otherOwners() {
    try {
      return streams.streamsMetadataForStore(CatalogueTopology.VOLUMES_STORE).stream()
          .map(StreamsMetadata::hostInfo)
          .filter(host -> !host.equals(self))
          .collect(Collectors.toSet());
    } catch (IllegalStateException | StreamsException e) {
      throw new NotReadyException("the catalogue is starting or moving", e);
    }
  }

  /** A volume on which this instance decides. */
  public Optional<Volume> localVolume(VolumeId id) {
    return Optional.ofNullable(reading(() -> volumes().get(id.value())));
  }

  /** All volumes on which this instance decides. */
  public List<Volume> localVolumes() {
    return reading(() -> values(volumes()));
  }

  /** All registered nodes; every instance knows all of them. */
  public List<NodeProfile> nodes() {
    return reading(() -> values(this.<NodeProfile>store(CatalogueTopology.NODES_STORE)));
  }

  /** The running rebalance and the last ones before it; every instance knows all of them. */
  public List<RebalanceDescription> rebalances() {
    return reading(
        () -> values(this.<RebalanceDescription>store(CatalogueTopology.REBALANCES_STORE)));
  }

  /** All snapshot sets; every instance knows all of them. */
  public List<SnapshotDescription> snapshots() {
    return reading(
        () -> values(this.<SnapshotDescription>store(CatalogueTopology.SNAPSHOTS_STORE)));
  }

  /** All schedules of snapshots; every instance knows all of them. */
  public List<ScheduleDescription> schedules() {
    return reading(
        () -> values(this.<ScheduleDescription>store(CatalogueTopology.SCHEDULE_VIEWS_STORE)));
  }

  /** A volume as its state was published last; every instance knows all of them. */
  public Optional<VolumeOutline> outline(VolumeId id) {
    return reading(() ->
        Optional.ofNullable(
            this.<VolumeOutline>store(CatalogueTopology.OUTLINES_STORE).get(id.value())));
  }

  /** One snapshot set. */
  public Optional<SnapshotDescription> snapshot(SnapshotSetId id) {
    return reading(() ->
        Optional.ofNullable(
            this.<SnapshotDescription>store(CatalogueTopology.SNAPSHOTS_STORE).get(id.value())));
  }

  /** The newest expansion of each pool; every instance knows all of them. */
  public List<ExpansionDescription> expansions() {
    return reading(
        () -> values(this.<ExpansionDescription>store(CatalogueTopology.EXPANSIONS_STORE)));
  }

  private ReadOnlyKeyValueStore<String, Volume> volumes() {
    return store(CatalogueTopology.VOLUMES_STORE);
  }

  private <T> ReadOnlyKeyValueStore<String, T> store(String name) {
    try {
      return streams.store(
          StoreQueryParameters.fromNameAndType(
              name, QueryableStoreTypes.<String, T>keyValueStore()));
    } catch (InvalidStateStoreException | IllegalStateException e) {
      throw new NotReadyException("the catalogue is starting or moving", e);
    }
  }

  private static <T> List<T> values(ReadOnlyKeyValueStore<String, T> store) {
    List<T> values = new ArrayList<>();
    try (KeyValueIterator<String, T> all = store.all()) {
      all.forEachRemaining(entry -> values.add(entry.value));
    }
    return values;
  }

  private interface Read<T> {
    T run();
  }

  /** A store may be moved away between asking for it and reading it. */
  private static <T> T reading(Read<T> read) {
    try {
      return read.run();
    } catch (InvalidStateStoreException e) {
      throw new NotReadyException("the catalogue is moving", e);
    }
  }

  @Override
  public void close() {
    StaticMembership.leave(streams, CLOSE_LIMIT);
    membership.close();
  }
}
