package io.mooring.localcluster.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.NodeStatus;
import io.mooring.localcluster.ServiceStatus;
import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.localcluster.services.MigrationPrograms;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A running cluster as text for people or as JSON for programs. */
final class StatusReport {

  private final LocalCluster cluster;

  StatusReport(LocalCluster cluster) {
    this.cluster = cluster;
  }

  String render(boolean asJson) throws InterruptedException {
    Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
    List<Map<String, Object>> nodes = new ArrayList<>();
    for (NodeStatus node : cluster.nodeStatus()) {
      nodes.add(row(node));
    }
    tables.put("nodes", nodes);
    tables.put("pods", cluster.pods().stream().map(StatusReport::row).toList());
    tables.put("services", cluster.serviceStatus().stream().map(StatusReport::row).toList());
    tables.put(
        "volumes",
        cluster.catalogue().volumes().stream()
            .sorted(Comparator.comparing(VolumeState::getName))
            .map(this::row)
            .toList());
    tables.put(
        "rules",
        cluster.catalogue().ruleObjects().stream()
            .sorted(
                Comparator.comparing(RuleObjectState::getVolumeName)
                    .thenComparing(RuleObjectState::getRuleName))
            .map(StatusReport::row)
            .toList());
    tables.put("sites", cluster.migratorUrl().stream().map(this::site).toList());
    return asJson ? json(tables) : text(tables);
  }

  private Map<String, Object> site(URI migrator) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("migrator", migrator);
    row.put("object_store", MigrationPrograms.storeUrl());
    row.put("token_file", cluster.pairToken());
    return row;
  }

  private static Map<String, Object> row(NodeStatus node) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("node", node.spec().name());
    row.put("address", node.spec().address());
    row.put("zone", node.spec().zone());
    row.put("rack", node.spec().rack());
    row.put("power", node.alive() ? node.paused() ? "paused" : "on" : "off");
    row.put("link", node.joined() ? "up" : "cut");
    row.put("agent", node.agentAlive() ? "runs" : "down");
    row.put("judged", node.judgedUp() ? "up" : "down");
    return row;
  }

  private static Map<String, Object> row(PodStatus pod) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("pod", pod.pod().name());
    row.put("node", pod.node() == null ? "-" : pod.node());
    row.put("step", pod.step().name().toLowerCase(Locale.ROOT));
    row.put("restarts", pod.restarts());
    row.put("detail", pod.detail());
    return row;
  }

  private static Map<String, Object> row(ServiceStatus service) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("service", service.name());
    row.put("process", service.alive() ? "runs" : "down");
    row.put("restarts", service.restarts());
    return row;
  }

  private static Map<String, Object> row(RuleObjectState object) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("rule", object.getRuleName());
    row.put("volume", object.getVolumeName());
    row.put("state", object.getPhase().name());
    row.put("since", object.getSince());
    row.put("reason", object.getReason());
    return row;
  }

  private Map<String, Object> row(VolumeState volume) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("volume", volume.getName());
    row.put("id", volume.getVolumeId());
    row.put("size_mib", volume.getSizeBytes() >> 20);
    row.put(
        "used_mib",
        cluster
            .catalogue()
            .usage(volume.getVolumeId())
            .map(VolumeUsage::getFsUsedBytes)
            .filter(bytes -> bytes >= 0)
            .<Object>map(bytes -> bytes >> 20)
            .orElse("-"));
    row.put("phase", volume.getPhase().name());
    row.put("epoch", volume.getEpoch());
    row.put("holder", volume.getHolder() == null ? "-" : volume.getHolder());
    row.put(
        "replicas",
        volume.getReplicas().stream().map(StatusReport::replica).collect(Collectors.joining(" ")));
    return row;
  }

  private static String replica(ReplicaState replica) {
    return replica.getReplicaId() + "@" + replica.getNodeId() + ":" + replica.getRole();
  }

  private static String json(Map<String, ?> tables) {
    try {
      return new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(tables);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of text can always be written", e);
    }
  }

  private static String text(Map<String, List<Map<String, Object>>> tables) {
    return tables.values().stream()
        .filter(rows -> !rows.isEmpty())
        .map(StatusReport::table)
        .collect(Collectors.joining("\n\n"));
  }

  private static String table(List<Map<String, Object>> rows) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        rows.getFirst().keySet().stream()
            .map(name -> name.toUpperCase(Locale.ROOT).replace('_', ' '))
            .toList());
    rows.forEach(row -> lines.add(row.values().stream().map(String::valueOf).toList()));
    int columns = lines.getFirst().size();
    int[] widths =
        IntStream.range(0, columns)
            .map(c -> lines.stream().mapToInt(line -> line.get(c).length()).max().orElse(0))
            .toArray();
    return lines.stream()
        .map(line ->
            IntStream.range(0, columns)
                .mapToObj(c -> pad(line.get(c), widths[c]))
                .collect(Collectors.joining("  "))
                .stripTrailing())
        .collect(Collectors.joining("\n"));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
