package io.mooring.volumemanager.catalogue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolPriority;
import io.mooring.testsupport.InMemoryRegistry;
import io.mooring.testsupport.TopologyBed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.api.Record;

/** The topology of the catalogue without Kafka, with what its tests have in common. */
final class CatalogueBed {

  static final Duration TICK = Duration.ofSeconds(1);
  static final Duration REPLACE_AFTER = Duration.ofMinutes(10);
  static final long POOL_BYTES = 1L << 40;

  private CatalogueBed() {}

  static TopologyBed start(Path stateDir) {
    return start(stateDir, new SimpleMeterRegistry(), new ArrayList<>());
  }

  /**
   * Starts it.
   *
   * @param globalLetters takes the dead letters of global topics
   */
  static TopologyBed start(
      Path stateDir,
      SimpleMeterRegistry meters,
      List<Record<String, SpecificRecord>> globalLetters) {
    var serdes = new InMemoryRegistry().serdes();
    CatalogueSettings settings =
        new CatalogueSettings(
            "/mooring/volume-manager/test", REPLACE_AFTER, TICK, Duration.ofHours(1), 2);
    return new TopologyBed(
        new CatalogueTopology(serdes, settings, new CatalogueMetrics(meters), globalLetters::add)
            .build(),
        serdes,
        stateDir,
        Instant.now());
  }

  /** Describes a node with one pool, {@code pool}. */
  static void registerNode(TopologyBed bed, String node, long poolBytes) {
    describe(
        bed,
        node,
        PoolDescriptor.newBuilder()
            .setPoolId("pool")
            .setPriority(PoolPriority.HIGH)
            .setCapacityBytes(poolBytes)
            .setFreeBytes(poolBytes)
            .build());
  }

  static void describe(TopologyBed bed, String node, PoolDescriptor pool) {
    bed.pipe(
        ControlTopic.NODES,
        node,
        NodeDescriptor.newBuilder()
            .setNodeId(node)
            .setIncarnation("i1")
            .setHost("10.0.0.1")
            .setReplicationPort(1)
            .setProbePort(2)
            .setRestPort(3)
            .setPools(List.of(pool))
            .setUpdatedAt(Instant.now())
            .build());
  }
}
