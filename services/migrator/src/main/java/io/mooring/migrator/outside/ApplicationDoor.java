package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the migrator asks of an orchestrator about pods: whether they run, and to run commands. */
public final class ApplicationDoor {

  private final Optional<RestClient> rest;

  /**
   * @param rest empty if there is no orchestrator; then every request is refused
   */
  public ApplicationDoor(Optional<RestClient> rest) {
    this.rest = rest;
  }

  /**
   * Pods of a namespace.
   *
   * @param desired how many are wanted now
   * @param running how many run
   */
  public record Activity(int desired, int running) {}

  /**
   * A command that is to be run once in each running pod with the labels.
   *
   * @param container empty for the first one
   */
  public record Command(
      Map<String, String> podSelector, String container, String text, boolean inSinglePod) {}

  /**
   * A command that was begun.
   *
   * @param ready every pod's command has ended or says that it has come to where it waits
   */
  public record Execution(State state, boolean ready, List<PodRun> pods) {

    /** How it goes. */
    public enum State {
      RUNNING,
      DONE,
      FAILED
    }

    static Execution of(JsonNode json) {
      List<PodRun> pods = new ArrayList<>();
      for (JsonNode pod : json.path("pods")) {
        pods.add(
            new PodRun(
                pod.path("pod").asText(),
                pod.path("state").asText(),
                pod.path("exitCode").asInt(),
                pod.path("output").asText("")));
      }
      State state =
          switch (json.path("state").asText()) {
            case "DONE" -> State.DONE;
            case "FAILED" -> State.FAILED;
            default -> State.RUNNING;
          };
      return new Execution(state, json.path("ready").asBoolean(), List.copyOf(pods));
    }
  }

  /** A command in one pod. */
  public record PodRun(String pod, String state, int exitCode, String output) {}

  public Activity activity(String namespace) throws IOException {
    JsonNode answer = rest(namespace).get("/applications" + in(namespace));
    return new Activity(answer.path("desired").asInt(), answer.path("running").asInt());
  }

  /** Begins to stop all pods; how many there were is remembered. The same call may come twice. */
  public void stop(String namespace) throws IOException {
    rest(namespace).post("/applications/stop" + in(namespace), RestClient.nothing());
  }

  /** Begins to start as many pods as there were. The same call may come twice. */
  public void start(String namespace) throws IOException {
    rest(namespace).post("/applications/start" + in(namespace), RestClient.nothing());
  }

  /** Begins a command, or tells how the one of this id goes. */
  public Execution execute(String id, String namespace, Command command, long timeoutSeconds)
      throws IOException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("podSelector", command.podSelector());
    body.put("command", command.text());
    body.put("runInSinglePod", command.inSinglePod());
    body.put("timeoutSeconds", timeoutSeconds);
    if (!command.container().isEmpty()) {
      body.put("container", command.container());
    }
    return Execution.of(rest(namespace).put(execution(id) + in(namespace), body));
  }

  /** How a command goes; empty if it was ended or never begun. */
  public Optional<Execution> execution(String id, String namespace) throws IOException {
    try {
      return Optional.of(Execution.of(rest(namespace).get(execution(id))));
    } catch (OutsideException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Ends what still runs of a command and forgets it; one that is not known is ended. */
  public void end(String id, String namespace) throws IOException {
    try {
      rest(namespace).delete(execution(id));
    } catch (OutsideException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private RestClient rest(String namespace) throws IOException {
    return rest.orElseThrow(() ->
        new OutsideException(
            "MIG-102 Nothing is asked of the pods of namespace '%s'. No orchestrator is configured."
                    .formatted(namespace)
                + " Set mooring.migrator.application.url.",
            422));
  }

  private static String in(String namespace) {
    return "?namespace=" + RestClient.encoded(namespace);
  }

  private static String execution(String id) {
    return "/executions/" + RestClient.encoded(id);
  }
}
