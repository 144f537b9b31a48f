package io.mooring.autopilot.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.autopilot.prometheus.ServerAnswer.Element;
import io.mooring.autopilot.prometheus.ServerAnswer.Failed;
import io.mooring.autopilot.prometheus.ServerAnswer.Failure;
import io.mooring.autopilot.prometheus.ServerAnswer.Vector;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A server with Prometheus's query API. Nothing that it says or fails to say is an exception. Safe
 * for use by several threads.
 */
final class PrometheusServer implements AutoCloseable {

  private static final int ANSWER_BYTES_MAX = 32 << 20;
  private static final int DETAIL_LENGTH_MAX = 300;
  private static final int BAD_REQUEST = 400;
  private static final int UNPROCESSABLE = 422;
  private static final int OK = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How the server is reached.
   *
   * @param url its address, with a path if the API is below one
   * @param authorization value of the header of that name
   * @param bearerFile file with a token; read for each request, because tokens are rotated
   * @param timeout of a whole request
   * @param lookBack how old a sample may be that the server still uses
   */
  record Settings(
      URI url,
      @Nullable String authorization,
      @Nullable Path bearerFile,
      Duration timeout,
      Duration lookBack) {}

  private final Settings settings;
  private final HttpClient client;

  PrometheusServer(Settings settings) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(settings.timeout())
            // A redirect would take the credentials elsewhere.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** Asks for the present values of a query; returns after the timeout at the latest. */
  ServerAnswer ask(String query) throws InterruptedException {
    HttpRequest request;
    try {
      request = request(query);
    } catch (IOException e) {
      return new Failed(Failure.NO_CREDENTIALS, String.valueOf(e));
    }
    CompletableFuture<HttpResponse<byte[]>> response =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    try {
      HttpResponse<byte[]> answer =
          response.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return read(answer.statusCode(), answer.body());
    } catch (TimeoutException _) {
      response.cancel(true);
      return new Failed(Failure.TIMEOUT, "no answer within " + settings.timeout());
    } catch (ExecutionException e) {
      return new Failed(Failure.UNREACHABLE, String.valueOf(e.getCause()));
    }
  }

  private HttpRequest request(String query) throws IOException {
    String base = settings.url().toString().replaceAll("/+$", "");
    String address =
        "%s/api/v1/query?query=%s&timeout=%dms&lookback_delta=%dms"
            .formatted(
                base,
                URLEncoder.encode(query, UTF_8),
                settings.timeout().toMillis(),
                settings.lookBack().toMillis());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address)).header("Accept", "application/json");
    Path bearer = settings.bearerFile();
    if (bearer != null) {
      request.header("Authorization", "Bearer " + Files.readString(bearer).strip());
    } else if (settings.authorization() != null) {
      request.header("Authorization", settings.authorization());
    }
    return request.build();
  }

  private static ServerAnswer read(int status, byte[] body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return noAnswer(status, new Failed(Failure.UNREADABLE, e.getOriginalMessage()));
    } catch (IOException e) {
      return new Failed(Failure.UNREADABLE, String.valueOf(e));
    }
    if (status != OK || !answer.path("status").asText().equals("success")) {
      String error = shortened(answer.path("error").asText("it said " + status));
      boolean ofQuery = status == BAD_REQUEST || status == UNPROCESSABLE;
      return new Failed(ofQuery ? Failure.BAD_QUERY : Failure.REFUSED, error);
    }
    String type = answer.path("data").path("resultType").asText();
    return type.equals("vector")
        ? vector(answer.path("data").path("result"))
        : new Failed(Failure.NOT_A_VECTOR, "the result is a " + type);
  }

  private static ServerAnswer noAnswer(int status, Failed unreadable) {
    return status == OK ? unreadable : new Failed(Failure.REFUSED, "it said " + status);
  }

  private static ServerAnswer vector(JsonNode result) {
    List<Element> elements = new ArrayList<>();
    for (JsonNode element : result) {
      JsonNode sample = element.path("value");
      if (!sample.path(0).isNumber() || !sample.path(1).isTextual()) {
        // Native histograms have no value.
        continue;
      }
      Map<String, String> labels = new HashMap<>();
      element
          .path("metric")
          .properties()
          .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
      elements.add(new Element(labels, sample.path(1).asText(), instant(sample.path(0))));
    }
    return new Vector(elements);
  }

  /** Seconds with a fraction; what is no time at all is long ago, and so leads to nothing. */
  private static Instant instant(JsonNode seconds) {
    BigDecimal millis = seconds.decimalValue().movePointRight(3);
    try {
      return Instant.ofEpochMilli(millis.toBigInteger().longValueExact());
    } catch (ArithmeticException _) {
      return Instant.EPOCH;
    }
  }

  private static String shortened(String text) {
    return text.length() <= DETAIL_LENGTH_MAX ? text : text.substring(0, DETAIL_LENGTH_MAX) + "…";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
