package io.mooring.volumeagent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.schemas.ExpansionPhase;
import io.mooring.schemas.PoolExpansion;
import io.mooring.schemas.PoolPriority;
import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.LoopDrive;
import io.mooring.storage.linux.Mounts;
import io.mooring.volumeagent.config.PoolSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool on a real file system on a loop device, which grows while it is in use. */
@Timeout(120)
class PoolExpanderIT {

  private static final long MIB = 1L << 20;

  /** mkfs.xfs refuses anything below 300 MiB. */
  private static final long SIZE = 320 * MIB;

  private static final long LARGER = 512 * MIB;
  private static final long MAX = 768 * MIB;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final AtomicLong nanos = new AtomicLong();
  private Path image;
  private Path pool;
  private PoolCanary canary;
  private PoolExpander expander;

  @BeforeEach
  void mountDrive() throws Exception {
    assumeThat(Files.isWritable(Path.of("/dev/loop-control"))).as("runs as root").isTrue();
    image = directory.resolve("drive.img");
    mount(FilesystemType.XFS, Files.createDirectory(directory.resolve("mounted")));
    newAgent(MAX);
  }

  private void mount(FilesystemType type, Path mounted) throws IOException {
    try (BlockFile file = BlockFile.open(image, BlockFile.Access.CREATE_NEW)) {
      file.truncate(SIZE);
    }
    try (LoopDevice loop = LoopDevice.attach(image, LoopDevice.Lifetime.AUTOCLEAR)) {
      Filesystems.format(loop.path(), type, LIMIT);
      Mounts.mount(loop.path().toString(), mounted, type.kernelName(), Set.of(), "");
    }
    // A pool need not be the root of its file system.
    pool = Files.createDirectory(mounted.resolve("pool"));
  }

  @AfterEach
  void leaveNothingBehind() throws IOException {
    Path mounted = directory.resolve("mounted");
    if (Mounts.at(mounted).isPresent()) {
      Mounts.unmount(mounted);
    }
  }

  /** What a run of the agent knows, and nothing of a run before it. */
  private void newAgent(long driveMax) {
    PoolSettings settings =
        new PoolSettings(
            "p1", pool, PoolPriority.HIGH, Optional.empty(), Optional.of(driveMax), Map.of());
    canary = new PoolCanary(settings, LIMIT, nanos::get, () -> {});
    canary.round();
    expander = new PoolExpander("n1", List.of(canary), nanos::get);
  }

  @Test
  void driveAndFileSystemGrowWhileTheyAreInUseAndNothingIsLost() throws Exception {
    Files.writeString(pool.resolve("replica"), "acknowledged");
    long before = canary.space().capacityBytes();
    assertThat(canary.drive().orElseThrow().description().orElseThrow().getSizeBytes())
        .isEqualTo(SIZE);

    wish(LARGER, ExpansionPhase.IN_PROGRESS);
    expander.round();
    canary.round();

    assertThat(image).hasSize(LARGER);
    assertThat(canary.space().capacityBytes() - before).isBetween(180 * MIB, LARGER - SIZE);
    var drive = canary.drive().orElseThrow().description().orElseThrow();
    assertThat(drive.getSizeBytes()).isEqualTo(LARGER);
    assertThat(drive.getMaxBytes()).isEqualTo(MAX);
    assertThat(drive.getProblem()).isEmpty();
    assertThat(Files.readString(pool.resolve("replica"))).isEqualTo("acknowledged");
    try (BlockFile file = BlockFile.open(image, BlockFile.Access.READ_ONLY)) {
      assertThat(file.allocatedBytes()).as("room is reserved").isGreaterThan(LARGER - SIZE);
    }
  }

  @Test
  void anAgentThatWasKilledAnywhereFinishesTheSameGrowth() throws Exception {
    // Killed after the file has grown, before device and file system have.
    try (BlockFile file = BlockFile.open(image, BlockFile.Access.READ_WRITE)) {
      file.truncate(LARGER);
    }
    long before = canary.space().capacityBytes();
    newAgent(MAX);

    wish(LARGER, ExpansionPhase.IN_PROGRESS);
    expander.round();
    newAgent(MAX);
    wish(LARGER, ExpansionPhase.IN_PROGRESS);
    expander.round();
    canary.round();

    assertThat(image).as("not twice").hasSize(LARGER);
    assertThat(canary.space().capacityBytes()).isGreaterThan(before + 180 * MIB);
  }

  @Test
  void anExpansionThatIsOverOrOfAnotherNodeGrowsNothing() {
    wish(LARGER, ExpansionPhase.DONE);
    PoolExpansion other = expansion(LARGER, ExpansionPhase.IN_PROGRESS);
    other.setNodeId("n2");
    expander.onState("n2/p1", other, null);

    expander.round();

    assertThat(image).hasSize(SIZE);
  }

  @Test
  void whatHindersGrowthIsToldAndItIsTriedAgain() throws Exception {
    newAgent(LARGER - 4096);
    wish(LARGER, ExpansionPhase.IN_PROGRESS);
    expander.round();
    assertThat(problem()).startsWith("POL-021").contains(Long.toString(LARGER));
    assertThat(image).hasSize(SIZE);

    newAgent(1L << 60);
    wish(1L << 50, ExpansionPhase.IN_PROGRESS);
    expander.round();
    assertThat(problem()).startsWith("POL-022");
    assertThat(image).as("nothing grows before room is reserved").hasSize(SIZE);

    wish(LARGER, ExpansionPhase.IN_PROGRESS);
    expander.round();
    assertThat(image).as("not before the pause is over").hasSize(SIZE);
    nanos.addAndGet(Duration.ofSeconds(5).toNanos());
    expander.round();
    assertThat(image).hasSize(LARGER);
    assertThat(problem()).isEmpty();
  }

  /** The kernel decides by capability; whoever lacks it says so before anything has grown. */
  @Test
  void anExt4DriveGrowsOrIsNotOfferedForGrowth() throws Exception {
    Path mounted = directory.resolve("mounted");
    Mounts.unmount(mounted);
    Files.delete(image);
    mount(FilesystemType.EXT4, mounted);
    newAgent(MAX);
    long before = canary.space().capacityBytes();

    boolean offered = canary.drive().orElseThrow().description().isPresent();
    wish(LARGER, ExpansionPhase.IN_PROGRESS);
    expander.round();
    canary.round();

    if (offered) {
      assertThat(image).hasSize(LARGER);
      assertThat(canary.space().capacityBytes()).isGreaterThan(before + (LARGER - SIZE) / 2);
    } else {
      assertThat(canary.drive().orElseThrow().problem()).contains("POL-022", "CAP_SYS_RESOURCE");
      assertThat(image).hasSize(SIZE);
    }
  }

  @Test
  void aDirectoryThatIsOnNoLoopDeviceCannotGrow() {
    assertThatThrownBy(() -> LoopDrive.below(Path.of("/proc/self")))
        .hasMessageContaining("no loop device");
  }

  private String problem() {
    return canary.drive().orElseThrow().description().orElseThrow().getProblem();
  }

  private void wish(long bytes, ExpansionPhase phase) {
    expander.onState("n1/p1", expansion(bytes, phase), null);
  }

  private static PoolExpansion expansion(long bytes, ExpansionPhase phase) {
    return PoolExpansion.newBuilder()
        .setExpansionId("ex-1")
        .setNodeId("n1")
        .setPoolId("p1")
        .setPhase(phase)
        .setIdempotencyKey("key")
        .setRequestedBy("test")
        .setFromBytes(SIZE)
        .setToBytes(bytes)
        .setCapacityBefore(SIZE)
        .setCapacityNow(SIZE)
        .setStartedAt(Instant.EPOCH)
        .setUpdatedAt(Instant.EPOCH)
        .setCorrelationId("c")
        .build();
  }
}
