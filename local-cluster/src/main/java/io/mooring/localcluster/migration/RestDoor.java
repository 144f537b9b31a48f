package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.mooring.localcluster.LocalClusterException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The REST API of a service, as somebody outside uses it. */
final class RestDoor implements AutoCloseable {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();
  private final URI base;

  RestDoor(URI base) {
    this.base = base;
  }

  JsonNode get(String path) throws InterruptedException {
    return send(request(path).GET().build());
  }

  JsonNode post(String path, Object body) throws InterruptedException {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(text(body))).build());
  }

  JsonNode put(String path, Object body) throws InterruptedException {
    return send(request(path).PUT(HttpRequest.BodyPublishers.ofString(text(body))).build());
  }

  JsonNode delete(String path) throws InterruptedException {
    return send(request(path).DELETE().build());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(LIMIT)
        .header("Content-Type", "application/json");
  }

  private JsonNode send(HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw failed(
            request, "it answered %d %s".formatted(response.statusCode(), response.body()));
      }
      return response.body().isEmpty() ? MissingNode.getInstance() : json.readTree(response.body());
    } catch (IOException e) {
      throw failed(request, String.valueOf(e));
    }
  }

  private String text(Object body) {
    try {
      return json.writeValueAsString(body);
    } catch (IOException e) {
      throw new IllegalStateException("maps of text can always be written", e);
    }
  }

  private static LocalClusterException failed(HttpRequest request, String why) {
    return new LocalClusterException(
        "LCL-045",
        "%s %s did not succeed".formatted(request.method(), request.uri()),
        why,
        "See the log of that service");
  }
}
