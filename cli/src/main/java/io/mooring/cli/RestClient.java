package io.mooring.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Asks a service. Every method throws {@link CliException} if the service cannot be reached or
 * refuses.
 */
public final class RestClient {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);

  /** Longer than the service lets a replay take by default. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);

  private final ObjectMapper json = new ObjectMapper();
  private final URI base;
  private final String token;

  /**
   * @param token secret that the service may demand; empty for none
   */
  RestClient(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  public JsonNode get(String path, Map<String, String> query) {
    return ask(request(path, query).GET());
  }

  /** Sends rules as they are written. */
  public JsonNode postYaml(String path, Map<String, String> query, String yaml) {
    return ask(
        request(path, query)
            .header("Content-Type", "application/yaml")
            .POST(BodyPublishers.ofString(yaml)));
  }

  /** Sends a document as it is written. */
  public JsonNode putYaml(String path, String yaml) {
    return ask(
        request(path, Map.of())
            .header("Content-Type", "application/yaml")
            .PUT(BodyPublishers.ofString(yaml)));
  }

  public JsonNode putJson(String path, Map<String, String> body) {
    return put(path, new LinkedHashMap<>(body));
  }

  public JsonNode put(String path, Map<String, Object> body) {
    return ask(
        request(path, Map.of())
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json.valueToTree(body).toString())));
  }

  public JsonNode postJson(String path, Map<String, String> query, Map<String, Object> body) {
    return ask(
        request(path, query)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json.valueToTree(body).toString())));
  }

  public JsonNode delete(String path) {
    return ask(request(path, Map.of()).DELETE());
  }

  private HttpRequest.Builder request(String path, Map<String, String> query) {
    String parameters =
        query.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
            .sorted()
            .collect(Collectors.joining("&", query.isEmpty() ? "" : "?", ""));
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(
                  URI.create(base.toString().replaceAll("/+$", "") + path + parameters))
              .header("Accept", "application/json")
              .timeout(ANSWER_LIMIT);
      return token.isEmpty() ? builder : builder.header("Authorization", "Bearer " + token);
    } catch (IllegalArgumentException e) {
      throw unreachable(e.getMessage());
    }
  }

  /** One part of a path or query. */
  public static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8);
  }

  private JsonNode ask(HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build()) {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode answer = parsed(response);
      if (response.statusCode() >= 300) {
        throw refused(response.statusCode(), answer);
      }
      return answer;
    } catch (IOException e) {
      throw unreachable(String.valueOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("interrupted");
    }
  }

  private JsonNode parsed(HttpResponse<String> response) {
    try {
      return response.body().isBlank() ? MissingNode.getInstance() : json.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw notUnderstood(response.statusCode());
    }
  }

  private CliException refused(int status, JsonNode answer) {
    if (!answer.hasNonNull("code")) {
      return notUnderstood(status);
    }
    StringBuilder details = new StringBuilder();
    for (JsonNode problem : answer.path("problems")) {
      details.append(Problems.line(problem)).append('\n');
    }
    return new CliException(
        answer.path("code").asText(),
        answer.path("what").asText(),
        answer.path("why").asText(),
        answer.path("fix").asText(),
        details.toString());
  }

  private CliException notUnderstood(int status) {
    return new CliException(
        "CLI-004",
        "%s answered with status %d and no explanation.".formatted(base, status),
        "This is not the service that was expected, or it is of another version.",
        "Check --url and the service's log.");
  }

  private CliException unreachable(String cause) {
    return new CliException(
        "CLI-001",
        "The service at %s could not be asked: %s.".formatted(base, cause),
        "It does not run, or this machine or network namespace does not reach it.",
        "Start a cluster with './mooring up', or name the service with --url.");
  }
}
