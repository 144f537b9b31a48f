package io.mooring.volumeagent.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mooring.schemas.FileSystem;
import io.mooring.storage.linux.LoopDevice;
import io.mooring.storage.linux.Mount;
import io.mooring.storage.linux.Mounts;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real devices, file systems and mounts, over plain files instead of replicated volumes. */
@Timeout(120)
class StagingIT {

  private static final String VOLUME = "vol-1";
  private static final long MIB = 1L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final Map<String, Long> sizes = new HashMap<>();
  private final Map<String, FileSystem> fileSystems = new HashMap<>();
  private final List<String> told = new ArrayList<>();
  private Path stage;
  private Path target;
  private Agent agent;

  /** What one run of the agent has of it. */
  private final class Agent {
    final StagedVolumes volumes = new StagedVolumes(directory.resolve("state"));
    final Facts facts = new Facts();
    final FileAttacher attacher = new FileAttacher(directory, 320 * MIB);
    final VolumeStaging staging = new VolumeStaging(volumes, attacher, facts, facts);
    final VolumePublishing publishing = new VolumePublishing(volumes);
    final VolumeGrowth growth = new VolumeGrowth(volumes, facts, facts);
    final VolumeGauge gauge = new VolumeGauge(volumes);
  }

  private final class Facts implements VolumeFacts, StagingListener {
    @Override
    public Optional<FileSystem> fileSystem(String volumeId) {
      return Optional.ofNullable(fileSystems.get(volumeId));
    }

    @Override
    public Optional<Long> sizeBytes(String volumeId) {
      return Optional.ofNullable(sizes.get(volumeId));
    }

    @Override
    public void onMounted(AttachedVolume volume, Path path, Duration took) {
      told.add("mounted " + volume.volumeId());
    }

    @Override
    public void onGrown(AttachedVolume volume, long fsBytes) {
      told.add("grown " + volume.sizeBytes() / MIB);
    }
  }

  @BeforeEach
  void newAgent() {
    assumeThat(Files.isWritable(Path.of("/dev/loop-control"))).as("runs as root").isTrue();
    stage = directory.resolve("stage");
    target = directory.resolve("pods/pod-1/data");
    agent = new Agent();
  }

  @AfterEach
  void leaveNothingBehind() throws IOException {
    List<Path> ours =
        Mounts.list().stream().map(Mount::target).filter(p -> p.startsWith(directory)).toList();
    for (Path path : ours.reversed()) {
      Mounts.unmountLazily(path);
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Optional<LoopDevice> loop = LoopDevice.findByBackingFile(file);
        if (loop.isPresent()) {
          loop.get().detach();
        }
      }
    }
  }

  @Test
  void aVolumeIsFormattedMountedPublishedAndGivenBack() throws Exception {
    agent.staging.stage(mountRequest(1), LIMIT);
    agent.staging.stage(mountRequest(1), LIMIT);
    agent.publishing.publish(publishRequest(target, false));
    agent.publishing.publish(publishRequest(target, false));
    Files.writeString(target.resolve("log"), "acknowledged");

    assertThat(Mounts.at(stage).orElseThrow().type()).isEqualTo("ext4");
    assertThat(Files.readString(stage.resolve("log"))).isEqualTo("acknowledged");
    VolumeStats stats = agent.gauge.stats(VOLUME, target);
    assertThat(stats.bytes().total()).isBetween(250 * MIB, 320 * MIB);
    assertThat(stats.inodes()).isPresent();
    assertThat(told).containsExactly("mounted " + VOLUME);

    var busy =
        catchThrowableOfType(
            StagingException.class, () -> agent.staging.unstage(VOLUME, stage, LIMIT));
    assertThat(busy.code()).isEqualTo("CSI-029");

    agent.publishing.unpublish(VOLUME, target);
    agent.publishing.unpublish(VOLUME, target);
    agent.staging.unstage(VOLUME, stage, LIMIT);
    agent.staging.unstage(VOLUME, stage, LIMIT);
    assertThat(target).doesNotExist();
    assertThat(Mounts.at(stage)).isEmpty();
    assertThat(LoopDevice.findByBackingFile(directory.resolve(VOLUME))).isEmpty();

    agent.staging.stage(mountRequest(2), LIMIT);
    assertThat(Files.readString(stage.resolve("log"))).isEqualTo("acknowledged");
  }

  @Test
  void anotherRunOfTheAgentFindsEverythingAgain() throws Exception {
    agent.staging.stage(mountRequest(1), LIMIT);
    agent.publishing.publish(publishRequest(target, false));

    Agent next = new Agent();
    next.staging.resumeAll();

    assertThat(next.volumes.attached()).extracting(AttachedVolume::epoch).containsExactly(1L);
    assertThat(next.volumes.mountPoint(VOLUME)).contains(stage);
    next.staging.stage(mountRequest(1), LIMIT);
    next.publishing.publish(publishRequest(target, false));
    next.publishing.unpublish(VOLUME, target);
    next.staging.unstage(VOLUME, stage, LIMIT);

    Agent third = new Agent();
    third.staging.resumeAll();
    assertThat(third.volumes.attached()).isEmpty();
  }

  @Test
  void afterARestartOfTheMachineNothingIsStagedAndMountsAreGone() throws Exception {
    agent.staging.stage(mountRequest(1), LIMIT);
    Mounts.unmount(stage);
    agent.volumes.attached().getFirst().abort();

    Agent next = new Agent();
    next.staging.resumeAll();

    assertThat(next.volumes.attached()).isEmpty();
    next.staging.stage(mountRequest(1), LIMIT);
    assertThat(Mounts.at(stage)).isPresent();
  }

  @Test
  void aLostVolumeDisappearsFromUnderItsUsers() throws Exception {
    agent.staging.stage(mountRequest(1), LIMIT);
    agent.publishing.publish(publishRequest(target, false));

    try (var _ = Files.newOutputStream(target.resolve("open"))) {
      agent.staging.abandon(VOLUME);
      assertThat(Mounts.at(target)).isPresent();
      agent.attacher.lose(VOLUME);
      agent.staging.abandon(VOLUME);
      assertThat(Mounts.at(target)).isEmpty();
      assertThat(Mounts.at(stage)).isEmpty();
    }

    assertThat(agent.volumes.attached()).isEmpty();
    agent.publishing.unpublish(VOLUME, target);
    agent.staging.unstage(VOLUME, stage, LIMIT);
  }

  @Test
  void aVolumeThatIsLostWhileItIsUnstagedIsGivenUp() throws Exception {
    agent.staging.stage(mountRequest(1), LIMIT);
    agent.attacher.lose(VOLUME);

    agent.staging.unstage(VOLUME, stage, LIMIT);

    assertThat(agent.volumes.attached()).isEmpty();
    assertThat(Mounts.at(stage)).isEmpty();
  }

  @Test
  void requestsThatDoNotFitAreRefusedWithTheCodeOfTheSpecification() throws Exception {
    agent.staging.stage(mountRequest(5), LIMIT);

    assertRefused(
        Reason.PRECONDITION, "CSI-025", () -> agent.staging.stage(mountRequest(4), LIMIT));
    assertRefused(
        Reason.CONFLICT,
        "CSI-028",
        () ->
            agent.staging.stage(
                new StageRequest(VOLUME, 5, directory.resolve("other"), mounted()), LIMIT));
    assertRefused(
        Reason.CONFLICT,
        "CSI-028",
        () ->
            agent.staging.stage(
                new StageRequest(VOLUME, 5, stage, new Access.Block(false)), LIMIT));
    assertRefused(
        Reason.INVALID,
        "CSI-024",
        () ->
            agent.staging.stage(
                new StageRequest(
                    "vol-2",
                    1,
                    directory.resolve("other"),
                    new Access.Mounted(Optional.of("btrfs"), List.of(), false)),
                LIMIT));
    agent.publishing.publish(publishRequest(target, true));
    assertRefused(
        Reason.PRECONDITION,
        "CSI-029",
        () -> agent.publishing.publish(publishRequest(directory.resolve("pods/pod-2"), true)));
    assertRefused(
        Reason.PRECONDITION,
        "CSI-026",
        () ->
            agent.publishing.publish(new PublishRequest("vol-9", stage, target, mounted(), false)));
    assertRefused(Reason.NOT_FOUND, "CSI-027", () -> agent.gauge.stats("vol-9", directory));
    assertRefused(
        Reason.NOT_FOUND, "CSI-027", () -> agent.gauge.stats(VOLUME, directory.resolve("gone")));
  }

  @Test
  void aBlockVolumeIsShownAsADeviceAndItsDataIsNeverFormatted() throws Exception {
    Access block = new Access.Block(false);
    agent.staging.stage(new StageRequest(VOLUME, 1, stage, block), LIMIT);
    agent.publishing.publish(new PublishRequest(VOLUME, stage, target, block, false));
    Files.write(target, new byte[] {1, 2, 3, 4});

    assertThat(agent.gauge.stats(VOLUME, target).bytes().total()).isEqualTo(320 * MIB);
    assertThat(told).isEmpty();

    agent.publishing.unpublish(VOLUME, target);
    agent.staging.unstage(VOLUME, stage, LIMIT);
    assertThat(target).doesNotExist();
    assertRefused(
        Reason.PRECONDITION, "CSI-032", () -> agent.staging.stage(mountRequest(2), LIMIT));
  }

  @Test
  void aFileSystemOfAnotherKindIsNotTouched() throws Exception {
    agent.staging.stage(mountRequest(1), LIMIT);
    agent.staging.unstage(VOLUME, stage, LIMIT);
    fileSystems.put(VOLUME, FileSystem.XFS);

    assertRefused(
        Reason.PRECONDITION, "CSI-031", () -> agent.staging.stage(mountRequest(2), LIMIT));
  }

  @Test
  void anXfsVolumeGrowsUnderItsUsers() throws Exception {
    fileSystems.put(VOLUME, FileSystem.XFS);
    agent.staging.stage(mountRequest(1), LIMIT);
    sizes.put(VOLUME, 640 * MIB);

    assertThat(agent.growth.expand(VOLUME, stage, 600 * MIB, LIMIT)).isEqualTo(640 * MIB);
    assertThat(agent.gauge.stats(VOLUME, stage).bytes().total()).isGreaterThan(500 * MIB);
    assertThat(told).containsExactly("mounted " + VOLUME, "grown 640");

    agent.growth.growIfWanted(VOLUME, LIMIT);
    assertThat(told).hasSize(2);
    assertRefused(
        Reason.UNAVAILABLE,
        "CSI-038",
        () -> agent.growth.expand(VOLUME, stage, 700 * MIB, Duration.ofMillis(100)));
  }

  @Test
  void aGrowthThatTheAgentDidNotSurviveIsFinishedByItsNextRun() throws Exception {
    fileSystems.put(VOLUME, FileSystem.XFS);
    agent.staging.stage(mountRequest(1), LIMIT);
    sizes.put(VOLUME, 640 * MIB);
    agent.volumes.attached().getFirst().grow(640 * MIB, LIMIT);

    Agent next = new Agent();
    next.staging.resumeAll();
    next.growth.growIfWanted(VOLUME, LIMIT);

    assertThat(next.gauge.stats(VOLUME, stage).bytes().total()).isGreaterThan(500 * MIB);
    assertThat(told).containsExactly("mounted " + VOLUME, "grown 640");
    next.growth.growIfWanted(VOLUME, LIMIT);
    assertThat(told).hasSize(2);
    next.staging.unstage(VOLUME, stage, LIMIT);
  }

  private interface Request {
    void run() throws Exception;
  }

  private static void assertRefused(Reason reason, String code, Request request) {
    assertThatThrownBy(request::run)
        .isInstanceOfSatisfying(
            StagingException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.code()).isEqualTo(code);
            });
  }

  private StageRequest mountRequest(long epoch) {
    return new StageRequest(VOLUME, epoch, stage, mounted());
  }

  private static Access mounted() {
    return new Access.Mounted(Optional.empty(), List.of("noatime"), false);
  }

  private PublishRequest publishRequest(Path path, boolean exclusive) {
    return new PublishRequest(VOLUME, stage, path, mounted(), exclusive);
  }
}
