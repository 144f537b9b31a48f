package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Snapshots that were taken at one moment, as volume-manager describes them.
 *
 * @param takenAt the moment, as it writes it
 * @param reason why it failed
 */
public record SnapshotSet(
    String id,
    String phase,
    String takenAt,
    String reason,
    Map<String, String> labels,
    List<Member> members) {

  /** One of them, and the nodes that hold it. */
  public record Member(
      String volumeId, String volumeName, String snapshotId, long sizeBytes, List<String> nodes) {
    public Member {
      nodes = List.copyOf(nodes);
    }
  }

  public SnapshotSet {
    labels = Map.copyOf(labels);
    members = List.copyOf(members);
  }

  /** Of no volume: it is ready, and nobody keeps it. */
  public static SnapshotSet none(Instant now) {
    return new SnapshotSet("", "READY", now.toString(), "", Map.of(), List.of());
  }

  public boolean isReady() {
    return phase.equals("READY");
  }

  public boolean isFailed() {
    return phase.equals("FAILED") || phase.equals("DELETING");
  }

  static SnapshotSet of(JsonNode json) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> label : json.path("labels").properties()) {
      labels.put(label.getKey(), label.getValue().asText());
    }
    List<Member> members = new ArrayList<>();
    for (JsonNode member : json.path("members")) {
      List<String> nodes = new ArrayList<>();
      for (JsonNode holder : member.path("holders")) {
        nodes.add(holder.path("nodeId").asText());
      }
      members.add(
          new Member(
              member.path("volumeId").asText(),
              member.path("volumeName").asText(),
              member.path("snapshotId").asText(),
              member.path("sizeBytes").asLong(),
              nodes));
    }
    return new SnapshotSet(
        json.path("setId").asText(),
        json.path("phase").asText(),
        json.path("takenAt").asText(""),
        json.path("reason").asText(""),
        labels,
        members);
  }
}
