package io.mooring.migrator.plane;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.plane.HttpDoor.Answer;
import io.mooring.migrator.plane.HttpDoor.Request;
import io.mooring.schemas.NodeDescriptor;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the migrator needs of a cluster, on real HTTP and real NBD: volume-manager, two agents and
 * an orchestrator. It answers as their contracts say; volumes are in memory.
 */
public final class FakePlane implements AutoCloseable {

  private final Map<String, FakeVolume> volumes = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> sets = new LinkedHashMap<>();
  private final Map<String, String> keys = new LinkedHashMap<>();
  private final List<FakeAgent> agents = new ArrayList<>();
  private final FakeOrchestrator orchestrator = new FakeOrchestrator();
  private final HttpDoor manager;
  private int failing;
  private int fenced;
  private int losing;
  private boolean old;
  private boolean knowsFillings = true;
  private Runnable interruption = () -> {};
  private final Map<String, Runnable> beforeRequests = new LinkedHashMap<>();

  public FakePlane() throws IOException {
    manager = new HttpDoor(this::answer);
    orchestrator.whenPodsChange(this::podsChanged);
    for (String node : List.of("n1", "n2")) {
      agents.add(new FakeAgent(node, this));
    }
  }

  private synchronized void podsChanged(boolean started) {
    for (FakeVolume volume : volumes.values()) {
      if (!started) {
        volume.detach();
      } else if (volume.holder.isEmpty()) {
        volume.attach("n1");
      }
    }
  }

  public URI managerUrl() {
    return manager.url();
  }

  public FakeOrchestrator orchestrator() {
    return orchestrator;
  }

  /** What the agents register. */
  public List<NodeDescriptor> nodes() {
    return agents.stream().map(FakeAgent::descriptor).toList();
  }

  /** A volume with content, attached to the first node. */
  public synchronized FakeVolume volume(
      String name, int sizeBytes, Map<String, String> parameters) {
    FakeVolume volume = new FakeVolume(name, sizeBytes, parameters, List.of("n1", "n2"));
    volumes.put(volume.id, volume);
    return volume;
  }

  public synchronized Optional<FakeVolume> find(String idOrName) {
    return volumes.values().stream()
        .filter(volume -> volume.id.equals(idOrName) || volume.name.equals(idOrName))
        .findFirst();
  }

  public synchronized void remove(String name) {
    find(name).ifPresent(volume -> volumes.remove(volume.id));
  }

  public synchronized int snapshotSets() {
    return sets.size();
  }

  public long readFromSnapshots() {
    return agents.stream().mapToLong(FakeAgent::readFromSnapshots).sum();
  }

  /** The next so many requests to volume-manager are answered with an error. */
  public synchronized void failNext(int requests) {
    failing = requests;
  }

  /** volume-manager is one of before purposes were known. */
  public synchronized void knowNoPurposes() {
    old = true;
  }

  /** volume-manager is one of before fillings were known. */
  public synchronized void knowNoFillings() {
    knowsFillings = false;
  }

  /** The next so many publishes are done, and their answers lost. */
  public synchronized void loseAnswers(int publishes) {
    losing = publishes;
  }

  /** What happens right before an agent exports a volume for writing the next time. */
  public synchronized void beforeNextExport(Runnable event) {
    interruption = event;
  }

  /** What happens right before the next request of a kind: {@code publish} or {@code unpublish}. */
  public synchronized void beforeNext(String kind, Runnable event) {
    beforeRequests.put(kind, event);
  }

  private void happensBefore(String kind) {
    Runnable event = beforeRequests.remove(kind);
    if (event != null) {
      event.run();
    }
  }

  synchronized void exporting() {
    Runnable event = interruption;
    interruption = () -> {};
    event.run();
  }

  /** A node's agent dies. */
  public void kill(String node) {
    agent(node).die();
  }

  /** It is started again, with the same addresses. */
  public void revive(String node) throws IOException {
    agent(node).comeBack();
  }

  private FakeAgent agent(String node) {
    return agents.stream()
        .filter(agent -> agent.descriptor().getNodeId().equals(node))
        .findFirst()
        .orElseThrow();
  }

  /** How often a volume was taken from a node by force. */
  public synchronized int fenced() {
    return fenced;
  }

  private synchronized Answer answer(Request request) {
    if (failing > 0) {
      failing--;
      return Answer.problem(503, "VOL-093");
    }
    return switch (request.path()[0]) {
      case "volumes" -> volumes(request);
      case "snapshots" -> snapshots(request);
      default -> Answer.problem(404, "NONE");
    };
  }

  private Answer volumes(Request request) {
    if (request.is("GET", 1, "volumes", "")) {
      return new Answer(200, volumes.values().stream().map(FakeVolume::description).toList());
    }
    if (request.is("POST", 1, "volumes", "")) {
      return create(request.body());
    }
    Optional<FakeVolume> volume = find(request.path()[1]);
    if (volume.isEmpty()) {
      return Answer.problem(404, "VOL-040");
    }
    FakeVolume found = volume.get();
    if (request.is("GET", 2, "volumes", "")) {
      return new Answer(200, found.description());
    }
    if (request.is("POST", 3, "volumes", "publish")) {
      happensBefore("publish");
      return publish(found, request.body());
    }
    if (request.is("POST", 3, "volumes", "unpublish")) {
      happensBefore("unpublish");
      return unpublish(found, request.body());
    }
    return Answer.problem(404, "NONE");
  }

  private Answer publish(FakeVolume volume, JsonNode body) {
    String node = body.path("node").asText();
    String purpose = old ? "" : body.path("purpose").asText("");
    JsonNode since = body.path("untouchedSince");
    boolean fills = knowsFillings && body.path("fills").asBoolean();
    String refusal =
        volume.refusal(node, purpose, since.isNumber() && !old ? since.asLong() : null, fills);
    if (!refusal.isEmpty()) {
      return Answer.problem(409, refusal);
    }
    if (volume.holder.isEmpty()) {
      volume.attach(node, purpose);
    }
    if (fills) {
      volume.fill(purpose);
    }
    if (losing > 0) {
      losing--;
      return Answer.problem(504, "VOL-092");
    }
    return result(volume);
  }

  private Answer unpublish(FakeVolume volume, JsonNode body) {
    boolean force = body.path("force").asBoolean();
    boolean theirs = body.has("purpose") && !volume.isPublishedFor(body.path("purpose").asText());
    if (body.has("filledEpoch")) {
      volume.filled(body.path("purpose").asText(), body.path("filledEpoch").asLong());
      theirs |= volume.publicationEpoch() != body.path("filledEpoch").asLong();
    }
    if (theirs && force && !volume.holder.isEmpty()) {
      return Answer.problem(409, "VOL-037");
    }
    if (!theirs) {
      fenced += force ? 1 : 0;
      volume.detach();
    }
    return result(volume);
  }

  private Answer create(JsonNode body) {
    Map<String, String> parameters = strings(body.path("parameters"));
    FakeVolume volume =
        find(body.path("name").asText())
            .orElseGet(() -> {
              FakeVolume made =
                  volume(body.path("name").asText(), body.path("sizeBytes").asInt(), parameters);
              if (knowsFillings && body.has("filledFor")) {
                made.fill(body.path("filledFor").asText());
              }
              return made;
            });
    return volume.parameters.equals(parameters) ? result(volume) : Answer.problem(409, "VOL-020");
  }

  private static Answer result(FakeVolume volume) {
    return new Answer(200, Map.of("volumeId", volume.id, "epoch", volume.epoch));
  }

  private Answer snapshots(Request request) {
    if (request.is("GET", 1, "snapshots", "")) {
      return new Answer(200, List.copyOf(sets.values()));
    }
    if (request.is("POST", 1, "snapshots", "")) {
      for (JsonNode name : request.body().path("volumes")) {
        if (find(name.asText()).filter(FakeVolume::isHalf).isPresent()) {
          return Answer.problem(409, "SNP-008");
        }
      }
      String id = keys.computeIfAbsent(request.key(), _ -> "set-" + (keys.size() + 1));
      return new Answer(201, sets.computeIfAbsent(id, _ -> take(id, request.body())));
    }
    Map<String, Object> set = sets.get(request.path()[1]);
    if (set == null) {
      return Answer.problem(404, "SNP-001");
    }
    if (request.method().equals("DELETE")) {
      sets.remove(request.path()[1]);
      volumes
          .values()
          .forEach(volume -> volume.snapshots.remove(snapshotOf(request.path()[1], volume)));
      return new Answer(202, Map.of());
    }
    return new Answer(200, set);
  }

  private Map<String, Object> take(String id, JsonNode body) {
    List<Map<String, Object>> members = new ArrayList<>();
    for (JsonNode name : body.path("volumes")) {
      FakeVolume volume = find(name.asText()).orElseThrow();
      String snapshot = snapshotOf(id, volume);
      volume.snapshots.put(snapshot, new MemoryDevice(volume.device.content()));
      members.add(
          Map.of(
              "volumeId",
              volume.id,
              "volumeName",
              volume.name,
              "snapshotId",
              snapshot,
              "sizeBytes",
              volume.device.sizeBytes(),
              "holders",
              volume.nodes.stream()
                  .map(node -> Map.of("nodeId", node, "replicaId", "r-" + node))
                  .toList()));
    }
    Map<String, Object> set = new LinkedHashMap<>();
    set.put("setId", id);
    set.put("name", body.path("name").asText());
    set.put("phase", "READY");
    set.put("labels", strings(body.path("labels")));
    set.put("takenAt", Instant.now().toString());
    set.put("reason", "");
    set.put("members", members);
    orchestrator.snapshotTaken(body.path("name").asText());
    return set;
  }

  private static String snapshotOf(String set, FakeVolume volume) {
    return set + "-" + volume.name;
  }

  private static Map<String, String> strings(JsonNode json) {
    Map<String, String> map = new LinkedHashMap<>();
    json.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
    return map;
  }

  @Override
  public void close() {
    manager.close();
    agents.forEach(FakeAgent::close);
    orchestrator.close();
  }
}
