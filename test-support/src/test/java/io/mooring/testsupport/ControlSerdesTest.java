package io.mooring.testsupport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DeadLetter;
import io.mooring.schemas.DeadLetters;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.NodeDown;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.Observation;
import io.mooring.schemas.ProbeOutcome;
import io.mooring.schemas.RecordDecoder;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeState;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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

  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final ControlSerdes serdes = registry.serdes();

  @Test
  void writesAndReadsSpecificRecordsThroughTheRegistry() {
    Serde<NodeEvent> serde = serdes.valueOf(ControlTopic.NODE_EVENTS, NodeEvent.class);

    byte[] bytes = serde.serializer().serialize(TOPIC, new RecordHeaders(), EVENT);

    assertThat(serde.deserializer().deserialize(TOPIC, new RecordHeaders(), bytes))
        .isEqualTo(EVENT);
  }

  @Test
  void aWarmSerializerOutlivesTheRegistry() {
    var serializer = serdes.warmSerializer(ControlTopic.NODE_EVENTS, NodeEvent.class);
    registry.stop();

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

    registry.stop();
    assertThatThrownBy(() -> decoder.decode(new RecordHeaders(), good))
        .hasMessageContaining("EVT-005");
    registry.restart();
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
      assertThat(events.decode(new RecordHeaders(), Arrays.copyOf(good, length)))
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
}
