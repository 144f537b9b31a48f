package io.mooring.volumeagent;

import static io.mooring.schemas.SnapshotSetPhase.READY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.ControlTopics;
import io.mooring.testsupport.ControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that is upgraded before volume-manager, so before there is a topic of snapshots. */
@Timeout(120)
@Tag("long")
class LateTopicIT {

  private static final Duration LIMIT = Duration.ofSeconds(40);

  @TempDir Path directory;

  @Test
  void anAgentFollowsVolumesWithoutTheTopicOfSnapshotsAndSnapshotsOnceItIsThere() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start();
        Admin admin = Admin.create(controlPlane.clientConfig())) {
      admin.deleteTopics(List.of(ControlTopic.SNAPSHOTS.topicName())).all().get();
      try (LocalAgent node = new LocalAgent("n1", directory.resolve("n1"), controlPlane)) {
        await()
            .atMost(LIMIT)
            .untilAsserted(
                () -> assertThat(node.agent().volumes().directory().hasCaughtUp()).isTrue());
        var end = node.agent().control().follower().reachEnd(ControlTopic.SNAPSHOTS);
        assertThat(end).isNotDone();

        ControlTopics.createMissing(admin, 1);
        try (StandInSets sets = new StandInSets(controlPlane)) {
          var set = sets.begin("late", READY, "vol-elsewhere");
          await()
              .atMost(LIMIT)
              .untilAsserted(() ->
                  assertThat(
                          node.agent()
                              .snapshots()
                              .sets()
                              .listed("vol-elsewhere", set.snapshotOf("vol-elsewhere")))
                      .isPresent());
        }
        await().atMost(LIMIT).untilAsserted(() -> assertThat(end).isCompleted());
        assertThat(node.agent().control().link().isConnected()).isTrue();
      }
    }
  }
}
