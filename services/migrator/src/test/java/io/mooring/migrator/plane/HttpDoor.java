package io.mooring.migrator.plane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small REST service: one function from requests to answers. */
final class HttpDoor implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  /** A request, its path in parts without the empty first one. */
  record Request(String method, String[] path, String query, String key, JsonNode body) {
    boolean is(String wantedMethod, int parts, String first, String last) {
      return method.equals(wantedMethod)
          && path.length == parts
          && path[0].equals(first)
          && (last.isEmpty() || path[parts - 1].equals(last));
    }
  }

  /** An answer; the body becomes JSON. */
  record Answer(int status, Object body) {
    static Answer problem(int status, String code) {
      return new Answer(
          status, Map.of("code", code, "what", "What.", "why", "Why.", "fix", "Fix."));
    }
  }

  /** What the service does. */
  interface Service {
    Answer answer(Request request) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  HttpDoor(Service service) throws IOException {
    this(service, 0);
  }

  /**
   * @param port 0 for any
   */
  HttpDoor(Service service, int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", exchange -> handle(exchange, service));
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  private static void handle(HttpExchange exchange, Service service) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String query = exchange.getRequestURI().getQuery();
      byte[] body = exchange.getRequestBody().readAllBytes();
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      Answer answer;
      try {
        answer =
            service.answer(
                new Request(
                    exchange.getRequestMethod(),
                    path.substring(1).split("/"),
                    query == null ? "" : query,
                    key == null ? "" : key,
                    JSON.readTree(body.length == 0 ? "{}".getBytes() : body)));
      } catch (RuntimeException e) {
        answer = Answer.problem(500, "BUG " + e);
      }
      byte[] bytes = JSON.writeValueAsBytes(answer.body());
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), answer.status() == 204 ? -1 : bytes.length);
      if (answer.status() != 204) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
