package io.mooring.autopilot.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An HTTP server with the part of Prometheus's query API that is used, with answers as version 2.42
 * writes them.
 */
public final class FakePrometheus implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Supplier<Reply>> replies = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** What was asked. */
  public record Request(String path, Map<String, String> parameters, String authorization) {}

  /** What is answered; a status of 0 never comes. */
  public record Reply(int status, String body) {}

  public FakePrometheus() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public List<Request> requests() {
    return requests;
  }

  /** How often a query was asked. */
  public long asked(String query) {
    return requests.stream().filter(r -> query.equals(r.parameters().get("query"))).count();
  }

  public void answer(String query, Supplier<Reply> reply) {
    replies.put(query, reply);
  }

  /** Answers with one element, computed now. */
  public void answer(String query, String labels, String value) {
    answer(query, () -> vector(element(labels, value, Instant.now())));
  }

  /** Never answers, and keeps the connection. */
  public void hang(String query) {
    answer(query, () -> new Reply(0, ""));
  }

  public static Reply vector(String... elements) {
    return new Reply(
        200,
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[%s]}}"
            .formatted(String.join(",", elements)));
  }

  public static String element(String labels, String value, Instant at) {
    return "{\"metric\":{%s},\"value\":[%d.%03d,\"%s\"]}"
        .formatted(labels, at.getEpochSecond(), at.getNano() / 1_000_000, value);
  }

  private void serve(HttpExchange exchange) throws IOException {
    Map<String, String> parameters =
        Stream.of(exchange.getRequestURI().getRawQuery().split("&"))
            .map(pair -> pair.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], UTF_8)));
    requests.add(
        new Request(
            exchange.getRequestURI().getPath(),
            parameters,
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
    Reply reply = replies.getOrDefault(parameters.get("query"), FakePrometheus::vector).get();
    try (exchange) {
      if (reply.status() == 0) {
        closing.await();
        return;
      }
      byte[] body = reply.body().getBytes(UTF_8);
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
