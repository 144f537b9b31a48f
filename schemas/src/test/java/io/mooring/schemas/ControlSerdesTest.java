package io.mooring.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apicurio.registry.resolver.client.RegistryArtifactReference;
import io.apicurio.registry.resolver.client.RegistryClientFacade;
import io.apicurio.registry.resolver.client.RegistryVersionCoordinates;
import io.apicurio.registry.resolver.strategy.ArtifactReference;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class ControlSerdesTest {

  private static final String TOPIC = ControlTopic.NODE_EVENTS.topicName();
  private static final NodeEvent EVENT =
      new NodeEvent(
          "n1",
          "i1",
          Instant.ofEpochMilli(5),
          new NodeDown(
              9.5,
              1_000L,
              "majority",
              List.of(new Observation("n2", ProbeOutcome.UNREACHABLE, 900L, true))));

  private final ListRegistry registry = new ListRegistry();
  private final ControlSerdes serdes =
      new ControlSerdes(registry, new RegistrySettings(URI.create("http://unused"), true));

  @Test
  void writesAndReadsSpecificRecordsThroughTheRegistry() {
    Serde<NodeEvent> serde = serdes.valueOf(ControlTopic.NODE_EVENTS, NodeEvent.class);

    byte[] bytes = serde.serializer().serialize(TOPIC, new RecordHeaders(), EVENT);

    assertThat(serde.deserializer().deserialize(TOPIC, new RecordHeaders(), bytes))
        .isEqualTo(EVENT);
    assertThat(registry.artifacts).containsExactly("mooring.node.events-value");
  }

  @Test
  void aWarmSerializerOutlivesTheRegistry() {
    var serializer = serdes.warmSerializer(ControlTopic.NODE_EVENTS, NodeEvent.class);
    registry.down = true;

    assertThat(serializer.serialize(TOPIC, new RecordHeaders(), EVENT)).isNotEmpty();
  }

  @Test
  void refusesATypeThatTheTopicDoesNotHold() {
    assertThatThrownBy(() -> serdes.valueOf(ControlTopic.NODE_EVENTS, VolumeEvent.class))
        .hasMessageContaining("holds NodeEvent, not VolumeEvent");
  }

  @Test
  void tellsPoisonFromATombstoneAndFromAnOutage() {
    byte[] good =
        serdes
            .serializer(ControlTopic.NODE_EVENTS, NodeEvent.class)
            .serialize(TOPIC, new RecordHeaders(), EVENT);
    var decoder = new RecordDecoder<>(serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);

    registry.down = true;
    assertThatThrownBy(() -> decoder.decode(new RecordHeaders(), good))
        .hasMessageContaining("EVT-005");
    registry.down = false;
    assertThat(decoder.decode(new RecordHeaders(), good)).isEqualTo(new Decoded.Value<>(EVENT));
    assertThat(decoder.decode(new RecordHeaders(), "garbage".getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            Decoded.Poison.class, poison -> assertThat(poison.code()).isEqualTo("EVT-003"));
    assertThat(decoder.decode(new RecordHeaders(), null))
        .isInstanceOfSatisfying(
            Decoded.Poison.class, poison -> assertThat(poison.code()).isEqualTo("EVT-004"));
    assertThat(
            new RecordDecoder<>(serdes, ControlTopic.VOLUMES, VolumeState.class)
                .decode(new RecordHeaders(), null))
        .isInstanceOf(Decoded.Tombstone.class);
  }

  @Test
  void truncatedAndForeignValuesArePoison() {
    byte[] good =
        serdes
            .serializer(ControlTopic.NODE_EVENTS, NodeEvent.class)
            .serialize(TOPIC, new RecordHeaders(), EVENT);
    var events = new RecordDecoder<>(serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);
    var volumes = new RecordDecoder<>(serdes, ControlTopic.VOLUMES, VolumeState.class);

    for (int length = 0; length < good.length; length++) {
      assertThat(events.decode(new RecordHeaders(), java.util.Arrays.copyOf(good, length)))
          .as("first %d bytes", length)
          .isInstanceOf(Decoded.Poison.class);
    }
    assertThat(volumes.decode(new RecordHeaders(), good)).isInstanceOf(Decoded.Poison.class);
  }

  @Test
  void aDeadLetterKeepsTheWholeRecordAndTheReason() {
    var record = new ConsumerRecord<>(TOPIC, 0, 42L, "k".getBytes(UTF_8), "v".getBytes(UTF_8));

    DeadLetter letter =
        new DeadLetters("volume-manager").of(record, "EVT-003", "garbage", Instant.EPOCH);

    assertThat(letter)
        .isEqualTo(
            new DeadLetter(
                TOPIC,
                0,
                42L,
                ByteBuffer.wrap("k".getBytes(UTF_8)),
                ByteBuffer.wrap("v".getBytes(UTF_8)),
                "EVT-003",
                "garbage",
                "volume-manager",
                Instant.EPOCH));
  }

  /** Registry whose content id is the position in a list. */
  private static final class ListRegistry implements RegistryClientFacade {
    final List<String> artifacts = new ArrayList<>();
    final List<String> contents = new ArrayList<>();
    boolean down;

    private void checkUp() {
      if (down) {
        throw new UncheckedIOException(new ConnectException("refused"));
      }
    }

    @Override
    public String getSchemaByContentId(Long contentId) {
      checkUp();
      return contents.get(contentId.intValue());
    }

    @Override
    public RegistryVersionCoordinates createSchema(
        String artifactType,
        String groupId,
        String artifactId,
        String version,
        String autoCreateBehavior,
        boolean canonical,
        String schema,
        Set<RegistryArtifactReference> references) {
      checkUp();
      artifacts.add(artifactId);
      contents.add(schema);
      long id = contents.size() - 1L;
      return RegistryVersionCoordinates.create(id, id, groupId, artifactId, "1");
    }

    @Override
    public String getSchemaByGlobalId(long globalId, boolean dereferenced) {
      return getSchemaByContentId(globalId);
    }

    @Override
    public String getSchemaByGAV(String groupId, String artifactId, String version) {
      throw new UnsupportedOperationException("not used by these serdes");
    }

    @Override
    public String getSchemaByContentHash(String hash) {
      throw new UnsupportedOperationException("not used by these serdes");
    }

    @Override
    public List<RegistryArtifactReference> getReferencesByContentId(long contentId) {
      return List.of();
    }

    @Override
    public List<RegistryArtifactReference> getReferencesByGlobalId(long globalId) {
      return List.of();
    }

    @Override
    public List<RegistryArtifactReference> getReferencesByGAV(
        String groupId, String artifactId, String version) {
      return List.of();
    }

    @Override
    public List<RegistryArtifactReference> getReferencesByContentHash(String hash) {
      return List.of();
    }

    @Override
    public List<RegistryVersionCoordinates> searchVersionsByContent(
        String content, String artifactType, ArtifactReference reference, boolean canonical) {
      return List.of();
    }

    @Override
    public RegistryVersionCoordinates getVersionCoordinatesByGAV(
        String groupId, String artifactId, String version) {
      throw new UnsupportedOperationException("not used by these serdes");
    }

    @Override
    public Object getClient() {
      return this;
    }
  }
}
