package io.mooring.cli.migrator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is to be moved. */
final class Choice {

  @Option(names = "--group", description = "All volumes of this group.")
  private @Nullable String group;

  @Option(names = "--volume", description = "This volume; may be given several times.")
  private List<String> volumes = List.of();

  @Option(names = "--label", description = "All volumes with this label, as key=value.")
  private Map<String, String> labels = Map.of();

  @Option(
      names = "--keep-snapshots",
      description = "Keep the snapshots, so that the next one reads only what changed.")
  private boolean keepSnapshots;

  @Option(names = "--rate", description = "Bytes a second for each volume at most.")
  private long bytesPerSecond;

  @Option(
      names = "--pre-rule",
      paramLabel = "RULE",
      description = "Run this rule right before the snapshots, such as kafka-flush.")
  private @Nullable String preRule;

  @Option(
      names = "--post-rule",
      paramLabel = "RULE",
      description = "Run this rule once volumes are on their way.")
  private @Nullable String postRule;

  Map<String, Object> request(String name, String kind) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("name", name);
    request.put("kind", kind);
    request.put("volumes", volumes);
    request.put("labels", labels);
    request.put("keepSnapshots", keepSnapshots);
    request.put("bytesPerSecond", bytesPerSecond);
    request.put("requestedBy", System.getProperty("user.name", "cli"));
    if (preRule != null) {
      request.put("preExecRule", preRule);
    }
    if (postRule != null) {
      request.put("postExecRule", postRule);
    }
    if (group != null) {
      request.put("group", group);
    }
    return request;
  }
}
