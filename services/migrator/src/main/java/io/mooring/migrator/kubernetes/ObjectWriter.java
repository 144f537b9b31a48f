package io.mooring.migrator.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.OutsideException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Creates objects, or makes those that are there say what is wanted. It reads, changes and writes
 * under the version that it read, so that nothing that somebody else writes meanwhile is lost.
 */
final class ObjectWriter {

  /** Annotation with the digest of what a migration wrote last. */
  static final String WRITTEN = "mooring.io/migration-digest";

  private static final Logger LOG = Logger.getLogger(ObjectWriter.class);
  private static final int TRIES_MAX = 10;
  private static final long PAUSE_MS = 20;

  private final ApiServer server;

  ObjectWriter(ApiServer server) {
    this.server = server;
  }

  /** What becomes of an object that is there already. */
  interface Change {
    /** What it is to say; empty to leave it as it is. */
    Optional<ObjectNode> of(ObjectNode here) throws IOException;
  }

  /** Creates an object, unless there is one of its name. */
  void createIfMissing(Kind kind, String namespace, ObjectNode wanted) throws IOException {
    put(kind, namespace, wanted, _ -> Optional.empty());
  }

  /**
   * Creates an object, or makes the one of its name say this. One that says it already is left
   * alone, and so is one that runs, if this one does not.
   */
  void put(Kind kind, String namespace, ObjectNode wanted) throws IOException {
    Fields.annotate(wanted, WRITTEN, digest(wanted));
    put(
        kind,
        namespace,
        wanted,
        here -> {
          Optional<Workload> workload = Workload.of(wanted);
          boolean wouldStop =
              workload
                  .filter(runner -> runner.isStopped(wanted) && !runner.isStopped(here))
                  .isPresent();
          if (wouldStop) {
            LOG.infof(
                "What runs is not stopped by a migration; kind=%s object=%s",
                kind.name(), Fields.name(here));
            return Optional.empty();
          }
          // What was changed here shows in its content, what the source has no more in the digest.
          return says(here, wanted) ? Optional.empty() : Optional.of(over(here, wanted));
        });
  }

  private static ObjectNode over(JsonNode here, ObjectNode wanted) {
    ObjectNode object = wanted.deepCopy();
    ClusterFields.keep(object, here);
    return object;
  }

  /** Creates an object, or changes the one of its name. */
  void put(Kind kind, String namespace, ObjectNode wanted, Change change) throws IOException {
    repeated(
        kind,
        Fields.name(wanted),
        () -> {
          String path = kind.path(namespace, Fields.name(wanted));
          Optional<ObjectNode> here = server.get(path);
          if (here.isEmpty()) {
            create(kind, namespace, wanted);
            return;
          }
          Optional<ObjectNode> changed =
              change.of(NamespaceReader.described(kind, here.get().deepCopy()));
          if (changed.isPresent()) {
            replace(kind, path, changed.get());
          }
        });
  }

  /** Changes an object that is there; one that is gone is left alone. */
  void change(Kind kind, String namespace, String name, Change change) throws IOException {
    repeated(
        kind,
        name,
        () -> {
          String path = kind.path(namespace, name);
          Optional<ObjectNode> here = server.get(path);
          if (here.isPresent()) {
            Optional<ObjectNode> changed = change.of(NamespaceReader.described(kind, here.get()));
            if (changed.isPresent()) {
              replace(kind, path, changed.get());
            }
          }
        });
  }

  private void create(Kind kind, String namespace, ObjectNode wanted) throws IOException {
    try {
      server.create(kind.path(namespace), wanted);
    } catch (OutsideException e) {
      if (!e.isNotFound()) {
        throw e;
      }
      if (!kind.namespaced() || server.get(Kinds.NAMESPACE.path("", namespace)).isPresent()) {
        throw CustomKinds.unknown(wanted);
      }
      createNamespace(namespace);
      server.create(kind.path(namespace), wanted);
    }
  }

  /** Makes a namespace of which nothing else is known. */
  void createNamespace(String namespace) throws IOException {
    ObjectNode object = ApiServer.object();
    object.put("apiVersion", Kinds.NAMESPACE.apiVersion()).put("kind", Kinds.NAMESPACE.name());
    object.putObject("metadata").put("name", namespace);
    try {
      server.create(Kinds.NAMESPACE.path(""), object);
    } catch (OutsideException e) {
      if (e.status() != ApiServer.CONFLICT) {
        throw e;
      }
    }
  }

  private void replace(Kind kind, String path, ObjectNode object) throws IOException {
    try {
      server.replace(path, object);
    } catch (OutsideException e) {
      throw e.status() == ApiServer.INVALID ? immutable(kind, Fields.name(object), e) : e;
    }
  }

  private interface Try {
    void run() throws IOException;
  }

  private void repeated(Kind kind, String name, Try step) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        step.run();
        return;
      } catch (OutsideException e) {
        if (e.status() != ApiServer.CONFLICT) {
          throw e;
        }
        if (attempt == TRIES_MAX) {
          throw contended(kind, name);
        }
      }
      pause(attempt);
    }
  }

  private static void pause(int attempt) throws InterruptedIOException {
    try {
      Thread.sleep(PAUSE_MS * attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static OutsideException immutable(Kind kind, String name, OutsideException e) {
    return new OutsideException(
        "MIG-154 %s '%s' cannot be made what it is on the source. %s Delete it here, which does not"
                .formatted(kind.name(), name, e.getMessage())
            + " delete claims, and begin the migration again.",
        ApiServer.INVALID,
        "MIG-154");
  }

  private static OutsideException contended(Kind kind, String name) {
    return new OutsideException(
        "MIG-156 %s '%s' was not written. Somebody else changed it each of %d times. Find out who,"
                .formatted(kind.name(), name, TRIES_MAX)
            + " and begin the migration again.",
        ApiServer.CONFLICT,
        "MIG-156");
  }

  /** Whether an object says all that is wanted; it may say more, which the cluster has added. */
  static boolean says(JsonNode here, JsonNode wanted) {
    if (wanted.isObject()) {
      for (var field : wanted.properties()) {
        if (!says(here.path(field.getKey()), field.getValue())) {
          return false;
        }
      }
      return here.isObject();
    }
    if (wanted.isArray()) {
      if (here.size() != wanted.size()) {
        return false;
      }
      for (int i = 0; i < wanted.size(); i++) {
        if (!says(here.get(i), wanted.get(i))) {
          return false;
        }
      }
      return here.isArray();
    }
    return here.equals(wanted) || (wanted.isNull() && here.isMissingNode());
  }

  private static String digest(JsonNode wanted) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(wanted.toString().getBytes(UTF_8));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every platform has SHA-256", e);
    }
  }
}
