package io.mooring.volumemanager.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.ControlRebalance;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.ExpandPool;
import io.mooring.schemas.ExpansionPhase;
import io.mooring.schemas.PoolCommand;
import io.mooring.schemas.PoolCommandAccepted;
import io.mooring.schemas.PoolCommandRejected;
import io.mooring.schemas.PoolDescriptor;
import io.mooring.schemas.PoolDrive;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.PoolExpansion;
import io.mooring.schemas.PoolPriority;
import io.mooring.schemas.RebalanceControl;
import io.mooring.testsupport.TopologyBed;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.streams.TestOutputTopic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expansions of pools in the topology without Kafka, with the real serdes. */
class ExpansionTopologyTest {

  private static final long GIB = 1L << 30;

  @TempDir private Path stateDir;

  private TopologyBed bed;
  private TestOutputTopic<String, PoolEvent> events;
  private TestOutputTopic<String, PoolExpansion> expansions;

  @BeforeEach
  void start() {
    bed = CatalogueBed.start(stateDir);
    events = bed.output(ControlTopic.POOL_EVENTS, PoolEvent.class);
    expansions = bed.output(ControlTopic.POOL_EXPANSIONS, PoolExpansion.class);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aCommandBecomesAStateForTheAgentOnceHoweverOftenItIsRead() {
    pool(100, 99, "");

    EventHeaders command = expand("grow", 150 * GIB);
    expand("grow", 150 * GIB);

    PoolExpansion wanted = expansions.readValue();
    assertThat(expansions.isEmpty()).isTrue();
    assertThat(wanted.getPhase()).isEqualTo(ExpansionPhase.IN_PROGRESS);
    assertThat(wanted.getFromBytes()).isEqualTo(100 * GIB);
    assertThat(wanted.getToBytes()).isEqualTo(150 * GIB);
    assertThat(wanted.getCorrelationId()).isEqualTo(command.correlationId().toString());
    assertThat(events.readValuesToList())
        .hasSize(2)
        .allSatisfy(event -> {
          assertThat(event.getSubject()).isEqualTo("n1/p1");
          assertThat(event.getDetail())
              .isEqualTo(new PoolCommandAccepted("grow", wanted.getExpansionId()));
          assertThat(event.getExpansion()).isEqualTo(wanted);
        });
  }

  @Test
  void itIsOverWhenTheAgentDescribesDriveAndFileSystemAsGrown() {
    pool(100, 99, "");
    expand("grow", 150 * GIB);
    expansions.readValue();

    pool(150, 99, "POL-022 no room");
    tick();
    PoolExpansion hindered = expansions.readValue();
    assertThat(hindered.getPhase()).isEqualTo(ExpansionPhase.IN_PROGRESS);
    assertThat(hindered.getProblem()).startsWith("POL-022");
    tick();
    assertThat(expansions.isEmpty()).as("told once").isTrue();

    pool(150, 148, "");
    tick();
    PoolExpansion done = expansions.readValue();
    assertThat(done.getPhase()).isEqualTo(ExpansionPhase.DONE);
    assertThat(done.getCapacityNow()).isEqualTo(148 * GIB);
    assertThat(done.getProblem()).isEmpty();
    tick();
    assertThat(expansions.isEmpty()).isTrue();

    expand("late repeat under another key", 150 * GIB);
    assertThat(rejections()).containsExactly("POL-005");
  }

  @Test
  void whatCannotGrowOrGrowsAlreadyIsRefused() {
    expand("unknown", 150 * GIB);
    describe(99, true, null);
    expand("no leave", 150 * GIB);
    describe(99, false, new PoolDrive(100 * GIB, 500 * GIB, ""));
    expand("sick", 150 * GIB);
    pool(100, 99, "");
    expand("smaller", 50 * GIB);
    expand("between blocks", 150 * GIB + 1);
    expand("too large", 501 * GIB);
    expand("good", 150 * GIB);
    expand("second", 200 * GIB);

    assertThat(rejections())
        .containsExactly(
            "POL-003", "POL-004", "POL-008", "POL-005", "POL-005", "POL-006", "POL-007");
    assertThat(expansions.readValuesToList())
        .extracting(PoolExpansion::getIdempotencyKey)
        .containsExactly("good");
  }

  @Test
  void anExpansionOfANodeThatIsGoneWaitsAndSaysWhy() {
    pool(100, 99, "");
    expand("grow", 150 * GIB);
    expansions.readValue();

    bed.send(ControlTopic.NODES, "n1", null, TopologyBed.headers("t"));
    tick();

    assertThat(expansions.readValue().getProblem()).startsWith("POL-003");
    pool(150, 149, "");
    tick();
    assertThat(expansions.readValue().getPhase()).isEqualTo(ExpansionPhase.DONE);
  }

  private List<String> rejections() {
    return events.readValuesToList().stream()
        .map(PoolEvent::getDetail)
        .filter(PoolCommandRejected.class::isInstance)
        .map(detail -> ((PoolCommandRejected) detail).getCode())
        .toList();
  }

  private void tick() {
    bed.pass(CatalogueBed.TICK);
  }

  private void pool(long driveGib, long capacityGib, String problem) {
    describe(capacityGib, true, new PoolDrive(driveGib * GIB, 500 * GIB, problem));
  }

  private void describe(long capacityGib, boolean healthy, @Nullable PoolDrive drive) {
    CatalogueBed.describe(
        bed,
        "n1",
        PoolDescriptor.newBuilder()
            .setPoolId("p1")
            .setPriority(PoolPriority.HIGH)
            .setCapacityBytes(capacityGib * GIB)
            .setFreeBytes(GIB)
            .setHealthy(healthy)
            .setDrive(drive)
            .build());
  }

  private EventHeaders expand(String key, long bytes) {
    return bed.pipe(
        ControlTopic.POOL_COMMANDS,
        "cluster",
        PoolCommand.newBuilder()
            .setSubject("cluster")
            .setIdempotencyKey(key)
            .setRequestedBy("test")
            .setDetail(new ControlRebalance("expansion", RebalanceControl.PAUSE))
            .setExpand(new ExpandPool("n1", "p1", bytes))
            .build());
  }
}
