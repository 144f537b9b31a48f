package io.mooring.migrator.plane;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A volume with its snapshots, as it would be on every node that holds it. */
public final class FakeVolume {

  final String id;
  final String name;
  final Map<String, String> parameters;
  final List<String> nodes;
  final Map<String, MemoryDevice> snapshots = new LinkedHashMap<>();
  final MemoryDevice device;
  String phase = "DETACHED";
  String holder = "";
  long epoch = 1;
  private long publicationEpoch;
  private long othersEpoch;
  private String purpose = "";
  private String filledFor = "";
  private long fillingEpoch;
  private boolean whole = true;

  FakeVolume(String name, int sizeBytes, Map<String, String> parameters, List<String> nodes) {
    this.id = "vol-" + name;
    this.name = name;
    this.parameters = Map.copyOf(parameters);
    this.nodes = List.copyOf(nodes);
    this.device = new MemoryDevice(new byte[sizeBytes]);
  }

  public MemoryDevice device() {
    return device;
  }

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public String phase() {
    return phase;
  }

  public Map<String, String> parameters() {
    return parameters;
  }

  public Map<String, MemoryDevice> snapshots() {
    return snapshots;
  }

  /** As somebody who mounts it would. */
  public void attach(String node) {
    attach(node, "");
  }

  /** As volume-manager does, for a purpose. */
  void attach(String node, String newPurpose) {
    phase = "PUBLISHED";
    holder = node;
    epoch++;
    othersEpoch = newestForOthersThan(newPurpose);
    publicationEpoch = epoch;
    purpose = newPurpose;
  }

  /** It is given to somebody to fill it, as volume-manager does, and taken back as it is then. */
  public void attachToFillAndDetach(String node, String newPurpose) {
    attach(node, newPurpose);
    fill(newPurpose);
    detach();
  }

  /** All of its content is written anew: it is half. */
  void fill(String newPurpose) {
    filledFor = newPurpose;
    fillingEpoch = newPurpose.equals(purpose) ? publicationEpoch : 0;
    whole = false;
  }

  /** Whoever filled it says that he has, under this epoch. */
  void filled(String byPurpose, long under) {
    whole |= filledFor.equals(byPurpose) && publicationEpoch == under && fillingEpoch == under;
  }

  public boolean isHalf() {
    return !whole;
  }

  long publicationEpoch() {
    return publicationEpoch;
  }

  public void detach() {
    phase = "DETACHED";
    holder = "";
  }

  /** Its epoch rises, although nobody has published it. */
  public void fence() {
    detach();
    epoch++;
  }

  public String holder() {
    return holder;
  }

  public long epoch() {
    return epoch;
  }

  boolean isPublishedFor(String wanted) {
    return phase.equals("PUBLISHED") && purpose.equals(wanted);
  }

  /** As volume-manager decides; empty if the node gets it, or has it. */
  String refusal(String node, String wanted, Long untouchedSince, boolean fills) {
    if (!holder.isEmpty() && !purpose.equals(wanted)) {
      return "VOL-037";
    }
    if (!holder.isEmpty() && !holder.equals(node)) {
      return "VOL-030";
    }
    boolean touched = untouchedSince != null && newestForOthersThan(wanted) > untouchedSince;
    return touched ? "VOL-038" : whole || fills ? "" : "VOL-039";
  }

  private long newestForOthersThan(String wanted) {
    return purpose.equals(wanted) && !wanted.isEmpty() ? othersEpoch : publicationEpoch;
  }

  /** As volume-manager describes it. */
  Map<String, Object> description() {
    Map<String, Object> grouping = new LinkedHashMap<>();
    grouping.put("group", parameters.getOrDefault("group", ""));
    grouping.put("fg", Boolean.parseBoolean(parameters.getOrDefault("fg", "false")));
    Map<String, String> labels = new LinkedHashMap<>(parameters);
    List.of("repl", "priority_io", "io_profile", "fs", "group", "fg").forEach(labels::remove);
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("repl", Integer.parseInt(parameters.getOrDefault("repl", "1")));
    spec.put("priorityIo", parameters.getOrDefault("priority_io", "low").toUpperCase());
    spec.put("ioProfile", parameters.getOrDefault("io_profile", "none").toUpperCase());
    spec.put("fs", parameters.getOrDefault("fs", "ext4").toUpperCase());
    spec.put("grouping", grouping);
    spec.put("labels", labels);
    List<Map<String, Object>> replicas = new ArrayList<>();
    nodes.forEach(node -> replicas.add(Map.of("node", node, "role", "IN_SYNC")));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("name", name);
    json.put("sizeBytes", device.sizeBytes());
    json.put("spec", spec);
    json.put("phase", phase);
    json.put("holder", holder.isEmpty() ? null : holder);
    json.put("epoch", epoch);
    json.put("replicas", replicas);
    json.put(
        "publication",
        Map.of("epoch", publicationEpoch, "purpose", purpose, "othersEpoch", othersEpoch));
    if (!filledFor.isEmpty()) {
      json.put("filling", Map.of("purpose", filledFor, "epoch", fillingEpoch, "whole", whole));
    }
    return json;
  }
}
