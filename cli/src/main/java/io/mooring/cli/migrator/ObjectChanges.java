package io.mooring.cli.migrator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.cli.CliException;
import io.mooring.cli.Documents;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How objects are changed on their way to the target. */
final class ObjectChanges {

  @Option(names = "--target-namespace", description = "Namespace there, if it is another.")
  private @Nullable String targetNamespace;

  @Option(
      names = "--map-namespace",
      paramLabel = "HERE=THERE",
      description = "Namespace there, for one of several.")
  private Map<String, String> namespaces = Map.of();

  @Option(
      names = "--map-class",
      paramLabel = "HERE=THERE",
      description = "Storage class that objects name there.")
  private Map<String, String> classes = Map.of();

  @Option(
      names = "--transforms",
      paramLabel = "FILE",
      description =
          "Changes of objects: a JSON array of kind, name, labels, path, operation, value.")
  private @Nullable Path transforms;

  @Option(
      names = "--purge-deleted",
      description = "Delete there what earlier ones brought and is gone here; never claims.")
  private boolean purge;

  @Option(
      names = "--skip-service-update",
      description = "A service that is there already stays as it is.")
  private boolean skipServices;

  void into(Map<String, Object> request) {
    if (targetNamespace != null) {
      request.put("targetNamespace", targetNamespace);
    }
    request.put("namespaceMapping", namespaces);
    request.put("classMapping", classes);
    request.put("purgeDeleted", purge);
    request.put("skipServiceUpdate", skipServices);
    if (transforms != null) {
      request.put("transforms", array(transforms));
    }
  }

  private static JsonNode array(Path file) {
    try {
      JsonNode json = new ObjectMapper().readTree(Documents.read(file));
      if (json.isArray()) {
        return json;
      }
      throw unread(file, "It is no array");
    } catch (JsonProcessingException e) {
      throw unread(file, e.getOriginalMessage());
    }
  }

  private static CliException unread(Path file, String why) {
    return new CliException(
        "CLI-005",
        "The file '%s' has no transforms.".formatted(file),
        why + ".",
        "Write a JSON array of transforms; see docs/migration.md.");
  }
}
