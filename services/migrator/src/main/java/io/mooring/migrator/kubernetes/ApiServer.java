package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.mooring.migrator.outside.OutsideException;
import io.mooring.migrator.outside.RestClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The API server, with objects as it serves them. What it refuses is told with a code: MIG-150 if a
 * right is missing, MIG-151 otherwise.
 */
final class ApiServer {

  static final int NOT_FOUND = 404;
  static final int CONFLICT = 409;
  static final int INVALID = 422;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int GONE = 410;
  private static final int PAGE = 500;
  private static final int LISTINGS_MAX = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;

  ApiServer(KubernetesClient client) {
    this.client = client;
  }

  /** Reads a manifest. */
  static ObjectNode parsed(String manifest) throws IOException {
    JsonNode read = JSON.readTree(manifest);
    if (read instanceof ObjectNode object) {
      return object;
    }
    throw new IOException("a manifest is no object of JSON");
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** All objects at a path, page by page. None, if the cluster does not know the kind. */
  List<ObjectNode> list(String path) throws IOException {
    for (int listing = 1; ; listing++) {
      try {
        return pages(path);
      } catch (OutsideException e) {
        if (e.isNotFound()) {
          return List.of();
        }
        // A page came so late that the server forgot where the listing was.
        if (e.status() != GONE || listing == LISTINGS_MAX) {
          throw e;
        }
      }
    }
  }

  private List<ObjectNode> pages(String path) throws IOException {
    List<ObjectNode> all = new ArrayList<>();
    String next = "";
    do {
      String from = next.isEmpty() ? "" : "&continue=" + RestClient.encoded(next);
      ObjectNode page = send(path + "?limit=" + PAGE + from, "GET", null);
      for (JsonNode item : page.path("items")) {
        all.add((ObjectNode) item);
      }
      next = page.path("metadata").path("continue").asText("");
    } while (!next.isEmpty());
    return all;
  }

  Optional<ObjectNode> get(String path) throws IOException {
    try {
      return Optional.of(send(path, "GET", null));
    } catch (OutsideException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  void create(String path, ObjectNode object) throws IOException {
    send(path, "POST", object);
  }

  /** Refused with {@link #CONFLICT} if somebody was faster. */
  void replace(String path, ObjectNode object) throws IOException {
    send(path, "PUT", object);
  }

  /** Deletes an object; one that is gone is deleted. */
  void delete(String path) throws IOException {
    try {
      send(path, "DELETE", null);
    } catch (OutsideException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  private ObjectNode send(String path, String method, @Nullable ObjectNode body)
      throws IOException {
    try {
      String answer = client.raw(path, method, body);
      return answer == null || answer.isBlank() ? object() : parsed(answer);
    } catch (KubernetesClientException e) {
      throw failure(method + " " + path.replaceFirst("\\?.*", ""), e);
    } catch (JsonProcessingException e) {
      throw new OutsideException("MIG-151 Kubernetes answered %s with no JSON.".formatted(path), e);
    }
  }

  /** What a request came to, in words. */
  static OutsideException failure(String request, KubernetesClientException e) {
    int code = code(e);
    String said =
        e.getStatus() != null && e.getStatus().getMessage() != null
            ? e.getStatus().getMessage()
            : String.valueOf(e.getMessage());
    if (code == FORBIDDEN || code == UNAUTHORIZED) {
      return new OutsideException(
          "MIG-150 Kubernetes does not let the migrator do '%s'. It says: %s. Give that right to its"
                  .formatted(request, said)
              + " service account, as k8s/migrator/rbac.yaml does.",
          code,
          "MIG-150");
    }
    if (code <= 0) {
      return new OutsideException(
          "MIG-151 Kubernetes did not do '%s'. It did not answer: %s (%s)."
              .formatted(request, said, root(e)),
          e);
    }
    return new OutsideException(
        "MIG-151 Kubernetes did not do '%s'. It says: %s.".formatted(request, said),
        code,
        "MIG-151");
  }

  /** Where a connection was to become another one, the answer is in the cause. */
  private static int code(KubernetesClientException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof WebSocketHandshakeException refused && refused.getResponse() != null) {
        return refused.getResponse().code();
      }
    }
    return e.getCode();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
