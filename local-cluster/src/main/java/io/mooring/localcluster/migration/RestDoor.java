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
  private final String token;

  RestDoor(URI base) {
    this(base, "");
  }

  /**
   * @param token that the service demands
   */
  RestDoor(URI base, String token) {
    this.base = base;
    this.token = token;
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

  /** Whether the service says that it is ready. */
  boolean isReady() throws InterruptedException {
    return knows("/q/health/ready");
  }

  /** Whether a request is answered with what it asks for. */
  boolean knows(String path) throws InterruptedException {
    try {
      get(path);
      return true;
    } catch (LocalClusterException _) {
      return false;
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(LIMIT)
            .header("Content-Type", "application/json");
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
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
