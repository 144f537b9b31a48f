package io.mooring.volumeagent.volumes;

import static io.mooring.schemas.ReplicaRole.IN_SYNC;
import static io.mooring.schemas.VolumePhase.DETACHED;
import static io.mooring.schemas.VolumePhase.PUBLISHED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.EventHeaders;
import io.mooring.schemas.VolumeState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VolumeDirectoryTest {

  private final Set<String> files = new HashSet<>();
  private final List<String> told = new ArrayList<>();
  private final VolumeDirectory directory = new VolumeDirectory("n1", files::contains);

  @BeforeEach
  void listen() {
    directory.listen(
        new VolumeListener() {
          @Override
          public void onVolume(KnownVolume volume) {
            told.add(volume.state().getVolumeId() + " epoch " + volume.state().getEpoch());
          }

          @Override
          public void onDeleted(String volumeId, @Nullable EventHeaders headers) {
            told.add(volumeId + " deleted");
          }
        });
  }

  @Test
  void oldStatesOfAReplayAreNotActedUpon() {
    directory.onReplay();
    hear(on("n1", "v1", 0));
    hear(on("n1", "v1", 5));
    hear(on("n1", "v2", 1));
    directory.onState("v2", null, null);
    assertThat(told).isEmpty();

    directory.onCaughtUp();

    assertThat(told).containsExactly("v1 epoch 5");
    assertThat(directory.hasCaughtUp()).isTrue();
  }

  @Test
  void afterTheReplayEveryStateIsTold() {
    directory.onReplay();
    directory.onCaughtUp();

    hear(on("n1", "v1", 0));
    hear(on("n1", "v1", 1));
    hear(on("n2", "v1", 1));
    hear(on("n2", "v1", 2));

    assertThat(told).containsExactly("v1 epoch 0", "v1 epoch 1", "v1 epoch 1");
    assertThat(directory.find("v1")).isEmpty();
  }

  @Test
  void volumesOfOthersAreNotKeptUnlessThereAreFilesOfThem() {
    files.add("v2");
    directory.onReplay();
    hear(on("n2", "v1", 1));
    hear(on("n2", "v2", 1));
    directory.onState("v3", null, null);
    directory.onCaughtUp();
    directory.onState("v2", null, null);

    assertThat(told).containsExactly("v2 epoch 1", "v2 deleted");
    assertThat(directory.all()).isEmpty();
  }

  @Test
  void aHolderWithoutAReplicaIsConcernedToo() {
    directory.onReplay();
    directory.onCaughtUp();
    VolumeState held = on("n2", "v1", 3);
    held.setPhase(PUBLISHED);
    held.setHolder("n1");
    hear(held);

    assertThat(directory.find("v1").orElseThrow().isHeldBy("n1")).isTrue();
  }

  @Test
  void aWaitEndsWithTheWantedState() throws InterruptedException {
    directory.onReplay();
    directory.onCaughtUp();
    Thread later = Thread.ofPlatform().start(() -> hear(on("n1", "v1", 7)));

    assertThat(directory.await("v1", state -> state.getEpoch() == 7, Duration.ofSeconds(20)))
        .isPresent();
    later.join();
    assertThat(directory.await("v1", state -> state.getEpoch() == 8, Duration.ofMillis(20)))
        .map(volume -> volume.state().getEpoch())
        .contains(7L);
  }

  private void hear(VolumeState state) {
    directory.onState(state.getVolumeId(), state, null);
  }

  private static VolumeState on(String nodeId, String volumeId, long epoch) {
    return VolumeStates.volume(
        volumeId,
        DETACHED,
        epoch,
        0,
        1L << 20,
        List.of(VolumeStates.replica("r1", nodeId, IN_SYNC)));
  }
}
