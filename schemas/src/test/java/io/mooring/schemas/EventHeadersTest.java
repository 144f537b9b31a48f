package io.mooring.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventHeadersTest {

  private static final EventHeaders ROOT =
      EventHeaders.root(
          "io.mooring.NodeDown", EventHeaders.source("failover-detector", "d1"), "n1");

  @Test
  void survivesARoundTripThroughKafkaHeaders() {
    EventHeaders caused =
        EventHeaders.causedBy(
            ROOT, "io.mooring.VolumeFencing", "/mooring/volume-manager/m1", "vol-1");
    Headers headers = new RecordHeaders();

    caused.writeTo(headers);

    assertThat(EventHeaders.read(headers)).isEqualTo(caused);
    assertThat(headers.lastHeader("ce_specversion").value()).isEqualTo("1.0".getBytes(UTF_8));
  }

  @Test
  void aCausedRecordStaysInTheIncidentAndNamesItsCause() {
    EventHeaders caused = EventHeaders.causedBy(ROOT, "t", "s", "k");

    assertThat(caused.correlationId()).isEqualTo(ROOT.correlationId());
    assertThat(caused.causationId()).isEqualTo(ROOT.id());
    assertThat(caused.id()).isNotEqualTo(ROOT.id());
  }

  @Test
  void aRootWrittenOverACausedRecordLeavesNoCausation() {
    Headers headers = new RecordHeaders();
    EventHeaders.causedBy(ROOT, "t", "s", "k").writeTo(headers);

    ROOT.writeTo(headers);

    assertThat(headers.lastHeader(EventHeaders.CAUSATION_ID)).isNull();
    assertThat(headers.toArray()).hasSize(7);
  }

  @Test
  void typeIsTheInnerRecordOfAnEventAndTheRecordItselfOtherwise() {
    NodeEvent event = new NodeEvent("n1", "i1", Instant.EPOCH, new NodeUp(0L));
    NodeHeartbeat beat =
        new NodeHeartbeat("n1", "i1", 0L, Instant.EPOCH, 0, List.of(), List.of(), List.of());

    assertThat(EventHeaders.typeOf(event)).isEqualTo("io.mooring.NodeUp");
    assertThat(EventHeaders.typeOf(beat)).isEqualTo("io.mooring.NodeHeartbeat");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ce_specversion",
        "ce_id",
        "ce_type",
        "ce_source",
        "ce_time",
        "ce_subject",
        "ce_correlationid"
      })
  void namesTheMissingHeader(String name) {
    Headers headers = new RecordHeaders();
    ROOT.writeTo(headers);
    headers.remove(name);

    assertThatThrownBy(() -> EventHeaders.read(headers))
        .isInstanceOf(ControlTopicException.class)
        .hasMessageContaining("EVT-002")
        .hasMessageContaining(name);
    assertThat(EventHeaders.readIfValid(headers)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ce_id,x", "ce_time,yesterday", "ce_causationid,1", "ce_specversion,0.3"})
  void refusesMalformedHeaders(String name, String value) {
    Headers headers = new RecordHeaders();
    ROOT.writeTo(headers);
    headers.remove(name);
    headers.add(name, value.getBytes(UTF_8));

    assertThatThrownBy(() -> EventHeaders.read(headers)).hasMessageContaining("EVT-002");
  }

  @Test
  void readsTimesWithAnOffset() {
    Headers headers = new RecordHeaders();
    ROOT.writeTo(headers);
    headers.remove(EventHeaders.TIME);
    headers.add(EventHeaders.TIME, "2026-01-01T01:00:00+01:00".getBytes(UTF_8));

    assertThat(EventHeaders.read(headers).time()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
  }
}
