package io.mooring.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The CloudEvents attributes of a record in Kafka's binary content mode, with two extensions that
 * make every decision explainable (I10): {@code correlationid} is the same for all records of one
 * incident or user request, {@code causationid} is the id of the record that led to this one.
 *
 * @param id unique id of the record
 * @param type {@code io.mooring.<record name>}; for topics whose value wraps a union, the name of
 *     the inner record
 * @param source {@code /mooring/<service>/<instance or node>}
 * @param time when it happened, by the source's clock
 * @param subject the record's key
 * @param correlationId incident or user request
 * @param causationId id of the causing record, null at a root
 */
public record EventHeaders(
    UUID id,
    String type,
    String source,
    Instant time,
    String subject,
    UUID correlationId,
    @Nullable UUID causationId) {

  public static final String SPEC_VERSION = "ce_specversion";
  public static final String ID = "ce_id";
  public static final String TYPE = "ce_type";
  public static final String SOURCE = "ce_source";
  public static final String TIME = "ce_time";
  public static final String SUBJECT = "ce_subject";
  public static final String CORRELATION_ID = "ce_correlationid";
  public static final String CAUSATION_ID = "ce_causationid";

  private static final String SUPPORTED_SPEC_VERSION = "1.0";
  private static final String TYPE_PREFIX = "io.mooring.";

  /** Field under which the values of event and command topics wrap their union. */
  private static final String DETAIL_FIELD = "detail";

  /** Headers of a record that nothing else led to; it starts a correlation of its own. */
  public static EventHeaders root(String type, String source, String subject) {
    return new EventHeaders(
        UUID.randomUUID(), type, source, Instant.now(), subject, UUID.randomUUID(), null);
  }

  /** Headers of a record that {@code cause} led to, within the same correlation. */
  public static EventHeaders causedBy(
      EventHeaders cause, String type, String source, String subject) {
    return new EventHeaders(
        UUID.randomUUID(), type, source, Instant.now(), subject, cause.correlationId, cause.id);
  }

  /** Source attribute of a service's instance. */
  public static String source(String service, String instance) {
    return "/mooring/" + service + "/" + instance;
  }

  /**
   * Type attribute of a value: the record in its {@code detail} union if it has one, else the
   * value's own record.
   */
  public static String typeOf(SpecificRecord value) {
    Schema.Field detail = value.getSchema().getField(DETAIL_FIELD);
    Schema schema =
        detail != null && value.get(detail.pos()) instanceof SpecificRecord inner
            ? inner.getSchema()
            : value.getSchema();
    return TYPE_PREFIX + schema.getName();
  }

  /** Sets the attributes, replacing any that are there. */
  public void writeTo(Headers headers) {
    set(headers, SPEC_VERSION, SUPPORTED_SPEC_VERSION);
    set(headers, ID, id.toString());
    set(headers, TYPE, type);
    set(headers, SOURCE, source);
    set(headers, TIME, DateTimeFormatter.ISO_INSTANT.format(time));
    set(headers, SUBJECT, subject);
    set(headers, CORRELATION_ID, correlationId.toString());
    headers.remove(CAUSATION_ID);
    if (causationId != null) {
      set(headers, CAUSATION_ID, causationId.toString());
    }
  }

  /**
   * Reads the attributes.
   *
   * @throws ControlTopicException EVT-002 if one is missing or malformed
   */
  public static EventHeaders read(Headers headers) {
    String version = required(headers, SPEC_VERSION);
    if (!version.equals(SUPPORTED_SPEC_VERSION)) {
      throw malformed("Header ce_specversion is '" + version + "', supported is 1.0.", null);
    }
    try {
      return new EventHeaders(
          UUID.fromString(required(headers, ID)),
          required(headers, TYPE),
          required(headers, SOURCE),
          DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(required(headers, TIME), Instant::from),
          required(headers, SUBJECT),
          UUID.fromString(required(headers, CORRELATION_ID)),
          optional(headers, CAUSATION_ID).map(UUID::fromString).orElse(null));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw malformed("A CloudEvents header is malformed: " + e.getMessage() + ".", e);
    }
  }

  /** Like {@link #read}, for readers that can go on without knowing where a record came from. */
  public static Optional<EventHeaders> readIfValid(Headers headers) {
    try {
      return Optional.of(read(headers));
    } catch (ControlTopicException _) {
      return Optional.empty();
    }
  }

  private static void set(Headers headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(UTF_8));
  }

  private static String required(Headers headers, String name) {
    return optional(headers, name)
        .orElseThrow(() -> malformed("Header " + name + " is missing.", null));
  }

  private static Optional<String> optional(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), UTF_8));
  }

  private static ControlTopicException malformed(String what, @Nullable Throwable cause) {
    return new ControlTopicException(
        "EVT-002",
        what,
        "A record on a control topic carries its CloudEvents attributes as headers.",
        "Write control topics only through EventHeaders, or set the headers named in docs/asyncapi.yaml.",
        cause);
  }
}
