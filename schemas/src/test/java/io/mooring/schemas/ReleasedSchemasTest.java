package io.mooring.schemas;

import static org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * During a rolling upgrade both versions write and both read, so a change must be compatible with
 * the released schema in both directions. A release replaces the snapshots in {@code
 * src/main/released}.
 */
class ReleasedSchemasTest {

  /**
   * Set once per release, never to silence a failure: the deployed services still use what is
   * there.
   */
  private static final String RELEASE = "mooring.release-schemas";

  private static final Path RELEASED = Path.of("src/main/released");

  @ParameterizedTest
  @EnumSource
  void currentSchemaReadsReleasedData(ControlTopic topic) throws IOException {
    assertCanRead(topic.valueSchema(), released(topic));
  }

  @ParameterizedTest
  @EnumSource
  void releasedReaderReadsCurrentData(ControlTopic topic) throws IOException {
    assertCanRead(released(topic), topic.valueSchema());
  }

  @Test
  void nothingElseIsReleased() throws IOException {
    try (Stream<Path> files = Files.list(RELEASED)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(ControlTopic.values()).map(ReleasedSchemasTest::fileName).toList());
    }
  }

  @Test
  void anEnumSymbolAddedWithoutDefaultWouldBeCaught() {
    Schema old = new Schema.Parser().parse(enumField("\"A\""));
    Schema changed = new Schema.Parser().parse(enumField("\"A\", \"B\""));

    assertThat(SchemaCompatibility.checkReaderWriterCompatibility(old, changed).getType())
        .isNotEqualTo(COMPATIBLE);
  }

  private static String enumField(String symbols) {
    return """
    {"type":"record","name":"R","fields":[
      {"name":"e","type":{"type":"enum","name":"E","symbols":[%s]}}]}\
    """
        .formatted(symbols);
  }

  private static Schema released(ControlTopic topic) throws IOException {
    Path file = RELEASED.resolve(fileName(topic));
    if (Boolean.getBoolean(RELEASE)) {
      Files.createDirectories(RELEASED);
      Files.writeString(file, topic.valueSchema().toString(true) + "\n");
    }
    return new Schema.Parser().parse(file.toFile());
  }

  private static String fileName(ControlTopic topic) {
    return topic.artifactId() + ".avsc";
  }

  private static void assertCanRead(Schema reader, Schema writer) {
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    assertThat(result.getType())
        .as(() -> result.getDescription() + " " + result.getResult().getIncompatibilities())
        .isEqualTo(COMPATIBLE);
  }
}
