package io.mooring.migrator.outside;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * JSON over HTTP. Each request is sent once: what may be repeated is repeated by its task. A secret
 * that it carries is in no message.
 */
public final class RestClient {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final ObjectMapper json = new ObjectMapper();
  private final String base;
  private final Duration timeout;
  private final String token;

  public RestClient(URI base, Duration timeout) {
    this(base, timeout, "");
  }

  /**
   * @param token secret that the service demands; empty for none
   */
  public RestClient(URI base, Duration timeout, String token) {
    this.token = token;
    this.base = base.toString().replaceAll("/+$", "");
    this.timeout = timeout;
  }

  public JsonNode get(String path) throws IOException {
    return send(path, request(path).GET());
  }

  public JsonNode post(String path, Object body) throws IOException {
    return send(path, request(path).POST(bodyOf(body)));
  }

  /** A post that takes effect once, however often it is sent. */
  public JsonNode post(String path, Object body, String idempotencyKey) throws IOException {
    return send(path, request(path).header("Idempotency-Key", idempotencyKey).POST(bodyOf(body)));
  }

  public JsonNode put(String path, Object body) throws IOException {
    return send(path, request(path).PUT(bodyOf(body)));
  }

  public void delete(String path) throws IOException {
    send(path, request(path).DELETE());
  }

  /** One part of a path or query. */
  public static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .timeout(timeout);
    return token.isEmpty() ? builder : builder.header("Authorization", "Bearer " + token);
  }

  private HttpRequest.BodyPublisher bodyOf(Object body) throws JsonProcessingException {
    return BodyPublishers.ofString(json.writeValueAsString(body));
  }

  private JsonNode send(String path, HttpRequest.Builder builder) throws IOException {
    HttpRequest request = builder.build();
    HttpResponse<String> response;
    try {
      response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (IOException e) {
      throw new OutsideException("%s %s%s: %s".formatted(request.method(), base, path, e), e);
    }
    if (response.statusCode() >= 300) {
      throw new OutsideException(
          "%s %s%s: %s".formatted(request.method(), base, path, explanation(response)),
          response.statusCode(),
          code(response));
    }
    return parsed(response.body());
  }

  private JsonNode parsed(String body) throws IOException {
    return body.isBlank() ? MissingNode.getInstance() : json.readTree(body);
  }

  private String code(HttpResponse<String> response) {
    try {
      return parsed(response.body()).path("code").asText("");
    } catch (IOException _) {
      return "";
    }
  }

  /** In the words of who refused, as far as there are any. */
  private String explanation(HttpResponse<String> response) {
    try {
      JsonNode answer = parsed(response.body());
      if (answer.hasNonNull("code")) {
        StringBuilder words = new StringBuilder(answer.path("code").asText());
        for (String part : new String[] {"what", "why", "fix", "message"}) {
          if (answer.hasNonNull(part)) {
            words.append(' ').append(answer.path(part).asText());
          }
        }
        return words.toString();
      }
    } catch (IOException _) {
      // What is no JSON has no words of ours.
    }
    return "status " + response.statusCode();
  }

  /** Body of a request that says all in its address. */
  public static Map<String, Object> nothing() {
    return Map.of();
  }
}
