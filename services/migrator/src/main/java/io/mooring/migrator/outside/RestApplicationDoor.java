package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An orchestrator, or the migrator of another side, behind a REST API. */
public final class RestApplicationDoor implements ApplicationDoor {

  private final Optional<RestClient> rest;

  /**
   * @param rest empty if there is no orchestrator; then every request is refused
   */
  public RestApplicationDoor(Optional<RestClient> rest) {
    this.rest = rest;
  }

  @Override
  public Activity activity(String namespace) throws IOException {
    JsonNode answer = rest(namespace).get("/applications" + in(namespace));
    return new Activity(answer.path("desired").asInt(), answer.path("running").asInt());
  }

  @Override
  public void stop(String namespace) throws IOException {
    rest(namespace).post("/applications/stop" + in(namespace), RestClient.nothing());
  }

  @Override
  public void start(String namespace) throws IOException {
    rest(namespace).post("/applications/start" + in(namespace), RestClient.nothing());
  }

  @Override
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
    return executionOf(rest(namespace).put(execution(id) + in(namespace), body));
  }

  @Override
  public Optional<Execution> execution(String id, String namespace) throws IOException {
    try {
      return Optional.of(executionOf(rest(namespace).get(execution(id))));
    } catch (OutsideException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
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
                + " Set mooring.migrator.application.url or .kubernetes.enabled.",
            422));
  }

  private static String in(String namespace) {
    return "?namespace=" + RestClient.encoded(namespace);
  }

  private static String execution(String id) {
    return "/executions/" + RestClient.encoded(id);
  }

  private static Execution executionOf(JsonNode json) {
    List<PodRun> pods = new ArrayList<>();
    for (JsonNode pod : json.path("pods")) {
      pods.add(
          new PodRun(
              pod.path("pod").asText(),
              pod.path("state").asText(),
              pod.path("exitCode").asInt(),
              pod.path("output").asText("")));
    }
    Execution.State state =
        switch (json.path("state").asText()) {
          case "DONE" -> Execution.State.DONE;
          case "FAILED" -> Execution.State.FAILED;
          default -> Execution.State.RUNNING;
        };
    return new Execution(state, json.path("ready").asBoolean(), List.copyOf(pods));
  }
}
