package io.mooring.migrator.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import java.io.IOException;
import java.util.List;

/** Objects and specs as tests write them: JSON with single quotes. */
final class Manifests {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Manifests() {}

  /**
   * An object of namespace a.
   *
   * @param rest what it says beside kind and names
   */
  static ApplicationObject object(String kind, String name, String rest) {
    return object(kind, "a", name, rest);
  }

  static ApplicationObject object(String kind, String namespace, String name, String rest) {
    ObjectNode json = (ObjectNode) json(rest);
    json.put("kind", kind);
    json.withObject("/metadata").put("name", name).put("namespace", namespace);
    return new ApplicationObject(kind, namespace, name, json.toString());
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static JsonNode json(ApplicationObject object) {
    return json(object.manifest());
  }

  static MigrationSpec spec(String fields) {
    try {
      ObjectFields read = JSON.readValue(fields.replace('\'', '"'), ObjectFields.class);
      if (!read.problems().isEmpty()) {
        throw new IllegalArgumentException(read.problems().toString());
      }
      return read.into(MigrationSpec.newBuilder().setOrigin("schedule/nightly")).build();
    } catch (IOException e) {
      throw new IllegalArgumentException(fields, e);
    }
  }

  static List<String> names(List<ApplicationObject> objects) {
    return objects.stream().map(object -> object.kind() + "/" + object.name()).toList();
  }
}
