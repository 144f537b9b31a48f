package io.mooring.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ControlTopicTest {

  @Test
  void everyAvroFileIsTheValueOfExactlyOneTopic() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/avro"))) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".avsc", "")))
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(ControlTopic.values())
                  .map(topic -> topic.valueType().getSimpleName())
                  .toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFieldIsDocumented(ControlTopic topic) {
    assertThat(topic.valueSchema().getDoc()).isNotBlank();
    assertThat(topic.valueSchema().getFields())
        .allSatisfy(field -> assertThat(field.doc()).as(field.name()).isNotBlank());
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsName(ControlTopic topic) {
    assertThat(ControlTopic.named(topic.topicName())).contains(topic);
    assertThat(topic.artifactId()).isEqualTo(topic.topicName() + "-value");
  }

  @Test
  void heartbeatsAreKeptForTenMinutesInShortSegments() {
    NewTopic topic = ControlTopics.newTopic(ControlTopic.NODE_HEARTBEATS, 1);

    assertThat(topic.numPartitions()).isEqualTo(1);
    assertThat(topic.configs())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "600000")
        .containsEntry("segment.ms", "150000")
        .containsEntry("min.insync.replicas", "1");
  }

  @Test
  void stateIsCompactedAndNeedsTwoCopiesOnThreeBrokers() {
    NewTopic topic = ControlTopics.newTopic(ControlTopic.VOLUMES, 3);

    assertThat(topic.replicationFactor()).isEqualTo((short) 3);
    assertThat(topic.configs())
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("min.insync.replicas", "2")
        .doesNotContainKey("retention.ms");
  }
}
