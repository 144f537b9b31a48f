package io.mooring.migrator.plane;

import io.mooring.migrator.plane.HttpDoor.Answer;
import io.mooring.migrator.plane.HttpDoor.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps objects of applications, and pods that it starts, stops and runs commands in. A command
 * that contains "hold" goes on until it is ended, one that contains "fail" fails; a selector with
 * "app=nobody" matches no pod, nor does any in namespace nobody.
 */
public final class FakeOrchestrator implements AutoCloseable {

  /** An object, and whether it was created with its replicas. */
  public record Kept(String manifest, boolean started) {}

  private final Map<String, Kept> objects = new LinkedHashMap<>();
  private final Map<String, String> executions = new LinkedHashMap<>();
  private final Set<String> guarded = new HashSet<>();
  private final List<String> story = new ArrayList<>();
  private final HttpDoor door;
  private int changesAtSnapshots;
  private int desired = 3;
  private boolean refusesToRun;
  private Consumer<Boolean> pods = _ -> {};

  public FakeOrchestrator() {
    try {
      door = new HttpDoor(this::answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI url() {
    return door.url();
  }

  /** Key: KIND/NAMESPACE/NAME. */
  public synchronized Map<String, Kept> objects() {
    return new LinkedHashMap<>(objects);
  }

  public synchronized void put(String key, String manifest) {
    objects.put(key, new Kept(manifest, true));
  }

  public synchronized void remove(String key) {
    objects.remove(key);
  }

  public synchronized void clear() {
    objects.clear();
  }

  /** This object is not to be deleted. */
  public synchronized void guard(String key) {
    guarded.add(key);
  }

  /** What was begun, ended, started, stopped and snapshotted, in this order. */
  public synchronized List<String> story() {
    return List.copyOf(story);
  }

  /** Of one migration. */
  public synchronized List<String> story(String migration) {
    return story.stream()
        .filter(
            line -> line.contains(" " + migration + "-") || line.equals("snapshot " + migration))
        .map(line -> line.startsWith("snapshot") ? "snapshot" : line)
        .toList();
  }

  /** Commands that run or were not forgotten. */
  public synchronized Map<String, String> executions() {
    return new LinkedHashMap<>(executions);
  }

  /** Somebody attaches and detaches volumes as pods start and stop. */
  void whenPodsChange(Consumer<Boolean> listener) {
    pods = listener;
  }

  /** Pods that are started come to nothing. */
  public synchronized void refuseToRun(boolean refuses) {
    refusesToRun = refuses;
  }

  public synchronized boolean isActive() {
    return desired > 0;
  }

  /** How many pods are wanted; all of them run. */
  public synchronized void scale(int pods) {
    desired = pods;
  }

  /** Somebody changes an object while each of the next so many sets of snapshots is taken. */
  public synchronized void changeAtSnapshots(int count) {
    changesAtSnapshots = count;
  }

  synchronized void snapshotTaken(String name) {
    story.add("snapshot " + name);
    if (changesAtSnapshots > 0) {
      changesAtSnapshots--;
      put("ConfigMap/moment/changing", "{\"left\":%d}".formatted(changesAtSnapshots));
    }
  }

  private Answer answer(Request request) throws IOException {
    // Whoever listens has a lock of its own.
    return request.path()[0].equals("applications")
        ? applications(request)
        : objectsAndCommands(request);
  }

  private synchronized Answer objectsAndCommands(Request request) throws IOException {
    return switch (request.path()[0]) {
      case "executions" -> executions(request);
      default -> objects(request);
    };
  }

  private Answer applications(Request request) {
    if (request.method().equals("POST")) {
      boolean start = request.path()[1].equals("start");
      scaled(start);
      pods.accept(start);
      return new Answer(202, Map.of());
    }
    synchronized (this) {
      int running = refusesToRun ? 0 : desired;
      return new Answer(200, Map.of("desired", desired, "running", running, "active", desired > 0));
    }
  }

  private synchronized void scaled(boolean start) {
    story.add(start ? "start" : "stop");
    desired = start ? 3 : 0;
  }

  private Answer executions(Request request) {
    String id = request.path()[1];
    switch (request.method()) {
      case "PUT" -> {
        if (!executions.containsKey(id)) {
          story.add("begin " + id);
          executions.put(
              id,
              request.body().path("podSelector").path("app").asText().equals("nobody")
                      || request.query().equals("namespace=nobody")
                  ? ""
                  : request.body().path("command").asText());
        }
      }
      case "DELETE" -> {
        if (executions.remove(id) != null) {
          story.add("end " + id);
        }
        return new Answer(204, Map.of());
      }
      default -> {}
    }
    String command = executions.get(id);
    return command == null ? Answer.problem(404, "LCL-999") : new Answer(200, execution(command));
  }

  private static Map<String, Object> execution(String command) {
    String state =
        command.contains("fail") ? "FAILED" : command.contains("hold") ? "RUNNING" : "DONE";
    List<Map<String, Object>> pods =
        command.isEmpty()
            ? List.of()
            : List.of(Map.of("pod", "kafka-0", "state", state, "exitCode", 3, "output", "oh no"));
    return Map.of("state", state, "ready", true, "pods", pods);
  }

  private Answer objects(Request request) throws IOException {
    if (request.method().equals("GET")) {
      String namespace = request.query().replace("namespace=", "");
      List<Map<String, Object>> list = new ArrayList<>();
      for (Map.Entry<String, Kept> object : objects.entrySet()) {
        String[] key = object.getKey().split("/");
        if (key[1].equals(namespace)) {
          list.add(
              Map.of(
                  "kind", key[0],
                  "namespace", key[1],
                  "name", key[2],
                  "manifest", HttpDoor.JSON.readTree(object.getValue().manifest())));
        }
      }
      return new Answer(200, list);
    }
    String key = String.join("/", request.path()[1], request.path()[2], request.path()[3]);
    if (request.method().equals("DELETE")) {
      if (guarded.contains(key)) {
        return Answer.problem(409, "LCL-049");
      }
      return objects.remove(key) == null
          ? Answer.problem(404, "LCL-999")
          : new Answer(204, Map.of());
    }
    objects.put(key, new Kept(request.body().toString(), request.query().equals("start=true")));
    return new Answer(200, Map.of());
  }

  @Override
  public void close() {
    door.close();
  }
}
