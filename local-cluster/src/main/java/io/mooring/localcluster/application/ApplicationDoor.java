package io.mooring.localcluster.application;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mooring.localcluster.LocalClusterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The orchestrator over HTTP, for those that move applications: objects, stop and start, commands
 * in pods. Everything may be repeated.
 */
public final class ApplicationDoor implements AutoCloseable {

  private static final Logger LOG = System.getLogger(ApplicationDoor.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MALFORMED = "LCL-042";
  private static final String UNKNOWN_EXECUTION = "LCL-043";
  private static final int TIMEOUT_SECONDS = 900;
  private static final int TIMEOUT_SECONDS_MAX = 86_400;
  private static final int BODY_BYTES_MAX = 4 << 20;

  private record Request(
      String method, List<String> path, Map<String, String> query, JsonNode body) {}

  private record Answer(int status, Object body) {}

  private final Applications applications;
  private final Executions executions;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private ApplicationDoor(Applications applications, Executions executions, HttpServer server) {
    this.applications = applications;
    this.executions = executions;
    this.server = server;
  }

  /** Starts serving. */
  public static ApplicationDoor open(
      InetSocketAddress address, Applications applications, Executions executions)
      throws IOException {
    ApplicationDoor door =
        new ApplicationDoor(applications, executions, HttpServer.create(address, 0));
    door.server.setExecutor(door.threads);
    door.server.createContext("/", door::handle);
    door.server.start();
    return door;
  }

  /** Port on which it serves. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answered(exchange);
      byte[] body = answer.body() == null ? new byte[0] : JSON.writeValueAsBytes(answer.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer answered(HttpExchange exchange) throws IOException {
    try {
      return answer(read(exchange));
    } catch (LocalClusterException e) {
      return problem(status(e.code()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return problem(503, malformed("the cluster is being stopped"));
    } catch (UncheckedIOException e) {
      LOG.log(Level.ERROR, "A request at the orchestrator's door failed: {0}", e.getMessage());
      return problem(
          500,
          new LocalClusterException(
              "LCL-002", "The request failed", String.valueOf(e.getMessage()), "Try again"));
    }
  }

  private Answer answer(Request request) throws InterruptedException {
    List<String> path = request.path();
    String first = path.isEmpty() ? "" : path.getFirst();
    return switch (request.method() + " /" + first + " " + path.size()) {
      case "GET /objects 1" ->
          new Answer(200, applications.list(namespace(request)).stream().map(this::view).toList());
      case "PUT /objects 4" -> put(request);
      case "DELETE /objects 4" -> {
        applications.delete(Manifest.key(path.get(1), path.get(2), path.get(3)));
        yield new Answer(204, null);
      }
      case "GET /applications 1" -> new Answer(200, applications.state(namespace(request)));
      case "POST /applications 2" -> scale(request);
      case "PUT /executions 2" -> new Answer(200, execute(path.get(1), request));
      case "GET /executions 2" -> new Answer(200, view(path.get(1), executions.get(path.get(1))));
      case "DELETE /executions 2" -> {
        executions.end(path.get(1));
        yield new Answer(204, null);
      }
      default ->
          problem(
              404, malformed("there is no " + request.method() + " /" + String.join("/", path)));
    };
  }

  private Answer put(Request request) {
    List<String> path = request.path();
    Manifest manifest = Manifest.read(path.get(1), path.get(2), path.get(3), request.body());
    applications.put(manifest, "true".equals(request.query().get("start")));
    return new Answer(200, view(manifest));
  }

  private Answer scale(Request request) {
    String namespace = namespace(request);
    switch (request.path().get(1)) {
      case "stop" -> applications.stop(namespace);
      case "start" -> applications.start(namespace);
      default -> throw malformed("applications are stopped or started");
    }
    return new Answer(202, applications.state(namespace));
  }

  private Map<String, Object> execute(String id, Request request) {
    if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,126}")) {
      throw malformed("'" + id + "' cannot be the id of an execution");
    }
    JsonNode body = request.body();
    String command = body.path("command").asText();
    int timeout = body.path("timeoutSeconds").asInt(TIMEOUT_SECONDS);
    if (command.isBlank() || timeout < 1 || timeout > TIMEOUT_SECONDS_MAX) {
      throw malformed("an execution has a command, and a timeout of 1 to 86400 seconds");
    }
    Executions.Order order =
        new Executions.Order(
            namespace(request),
            new Fields("the execution", body).texts("/podSelector"),
            command,
            body.path("runInSinglePod").asBoolean(),
            Duration.ofSeconds(timeout));
    return view(id, executions.start(id, order));
  }

  private Map<String, Object> view(Manifest object) {
    return Map.of(
        "kind", object.kind().word(),
        "namespace", object.namespace(),
        "name", object.name(),
        "manifest", object.json());
  }

  private static Map<String, Object> view(String id, Execution execution) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", id);
    view.put("state", execution.phase().name());
    view.put("ready", execution.isReady());
    view.put("pods", execution.runs().stream().map(ApplicationDoor::view).toList());
    return view;
  }

  private static Map<String, Object> view(Execution.Run run) {
    Map<String, Object> view = new LinkedHashMap<>();
    Execution.Phase phase = run.phase();
    view.put("pod", run.pod());
    view.put("state", phase.name());
    if (phase != Execution.Phase.RUNNING) {
      view.put("exitCode", run.exitCode());
    }
    view.put("output", run.lastOutput());
    return view;
  }

  private static Request read(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
    if (body.length > BODY_BYTES_MAX) {
      throw malformed("the body has more than 4 MiB");
    }
    List<String> path =
        List.of(exchange.getRequestURI().getRawPath().split("/")).stream()
            .filter(part -> !part.isEmpty())
            .map(ApplicationDoor::decoded)
            .toList();
    try {
      return new Request(
          exchange.getRequestMethod(),
          path,
          query(exchange.getRequestURI().getRawQuery()),
          JSON.readTree(body));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw malformed("the body is no JSON");
    }
  }

  private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String namespace(Request request) {
    String namespace = request.query().getOrDefault("namespace", "");
    if (namespace.isEmpty()) {
      throw malformed("the request names no namespace");
    }
    return namespace;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static int status(String code) {
    return switch (code) {
      case MALFORMED -> 400;
      case UNKNOWN_EXECUTION -> 404;
      case ManifestFault.CONFLICT, ManifestFault.KEPT -> 409;
      case ManifestFault.REFUSED -> 422;
      default -> 500;
    };
  }

  private static Answer problem(int status, LocalClusterException error) {
    return new Answer(
        status,
        Map.of(
            "code", error.code(),
            "what", error.what(),
            "why", error.why(),
            "fix", error.fix()));
  }

  private static LocalClusterException malformed(String why) {
    return new LocalClusterException(
        MALFORMED, "The request is not understood", why, "See docs/migration.md");
  }
}
