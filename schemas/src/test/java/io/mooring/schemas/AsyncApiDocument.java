package io.mooring.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The catalogue as an AsyncAPI 3 document; schemas are embedded whole, so the file stands alone.
 */
final class AsyncApiDocument {

  private static final String AVRO = "application/vnd.apache.avro+json;version=1.12.0";

  private final ObjectMapper json = new ObjectMapper();
  private final ObjectMapper yaml =
      new ObjectMapper(
          new YAMLFactory()
              .enable(Feature.MINIMIZE_QUOTES)
              .enable(Feature.INDENT_ARRAYS)
              .disable(Feature.SPLIT_LINES)
              .disable(Feature.WRITE_DOC_START_MARKER));

  String render() throws JsonProcessingException {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("asyncapi", "3.0.0");
    document.put(
        "info",
        ordered(
            "title", "Mooring control topics",
            "version", "1.0.0",
            "description",
                "Generated from io.mooring.schemas.ControlTopic. Keys are UTF-8 strings; values are Avro with schemas in an"
                    + " Apicurio registry; CloudEvents attributes travel as headers (binary mode)."));
    document.put("defaultContentType", "application/vnd.apache.avro+binary");
    document.put("channels", perTopic(this::channel));
    document.put("operations", operations());
    document.put(
        "components",
        ordered(
            "messages", perTopic(this::message), "messageTraits", ordered("cloudEvent", trait())));
    return "# Generated; do not edit. See AsyncApiDocumentTest.\n"
        + yaml.writeValueAsString(document);
  }

  private interface TopicPart {
    Object of(ControlTopic topic) throws JsonProcessingException;
  }

  private static Map<String, Object> perTopic(TopicPart part) throws JsonProcessingException {
    Map<String, Object> parts = new LinkedHashMap<>();
    for (ControlTopic topic : ControlTopic.values()) {
      parts.put(topic.topicName(), part.of(topic));
    }
    return parts;
  }

  private Object channel(ControlTopic topic) {
    Map<String, Object> settings = new LinkedHashMap<>();
    switch (topic.lifetime()) {
      case TopicLifetime.State _ -> settings.put("cleanup.policy", List.of("compact"));
      case TopicLifetime.Event e -> settings.put("retention.ms", e.retention().toMillis());
      case TopicLifetime.Command c -> settings.put("retention.ms", c.retention().toMillis());
    }
    return ordered(
        "address", topic.topicName(),
        "description", topic.valueSchema().getDoc(),
        "messages", ordered("value", ordered("$ref", "#/components/messages/" + topic.topicName())),
        "bindings",
            ordered(
                "kafka", ordered("partitions", topic.partitions(), "topicConfiguration", settings)),
        "x-kind", topic.lifetime().kind());
  }

  private static Map<String, Object> operations() {
    Map<String, Object> operations = new TreeMap<>();
    for (ControlTopic topic : ControlTopic.values()) {
      topic.writers().forEach(w -> addOperation(operations, w, "send", topic));
      topic.readers().forEach(r -> addOperation(operations, r, "receive", topic));
    }
    return operations;
  }

  private static void addOperation(
      Map<String, Object> operations, String service, String action, ControlTopic topic) {
    operations.put(
        service + "." + action + "." + topic.topicName(),
        ordered(
            "action",
            action,
            "channel",
            ordered("$ref", "#/channels/" + topic.topicName()),
            "summary",
            service + (action.equals("send") ? " writes" : " reads")));
  }

  private Object message(ControlTopic topic) throws JsonProcessingException {
    return ordered(
        "name", topic.valueType().getSimpleName(),
        "contentType", "application/vnd.apache.avro+binary",
        "traits", List.of(ordered("$ref", "#/components/messageTraits/cloudEvent")),
        "bindings",
            ordered(
                "kafka",
                ordered(
                    "key", ordered("type", "string", "description", topic.keyMeaning()),
                    "schemaIdLocation", "payload",
                    "schemaIdPayloadEncoding", "apicurio-4-byte-content-id")),
        "x-registry-artifact", topic.artifactId(),
        "payload",
            ordered("schemaFormat", AVRO, "schema", json.readTree(topic.valueSchema().toString())));
  }

  private static Object trait() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(EventHeaders.SPEC_VERSION, text("Always 1.0."));
    properties.put(EventHeaders.ID, text("Unique id of the record, a UUID."));
    properties.put(EventHeaders.TYPE, text("io.mooring. and the name of the (inner) record."));
    properties.put(EventHeaders.SOURCE, text("/mooring/<service>/<instance or node>."));
    properties.put(EventHeaders.TIME, text("When it happened, RFC 3339."));
    properties.put(EventHeaders.SUBJECT, text("The record's key."));
    properties.put(EventHeaders.CORRELATION_ID, text("Incident or user request, a UUID."));
    properties.put(
        EventHeaders.CAUSATION_ID, text("ce_id of the causing record; absent at a root."));
    List<String> required =
        Stream.of(properties.keySet().toArray(String[]::new))
            .filter(name -> !name.equals(EventHeaders.CAUSATION_ID))
            .toList();
    return ordered(
        "headers", ordered("type", "object", "required", required, "properties", properties));
  }

  private static Object text(String description) {
    return ordered("type", "string", "description", description);
  }

  private static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
