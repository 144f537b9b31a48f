package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.migrator.outside.OutsideException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The kinds that were added to the cluster by definitions, such as those of Strimzi. They are asked
 * for again after a while only: they are many, and change when software is installed.
 */
final class CustomKinds {

  /**
   * Of these nothing goes along: what moves, copies and grows volumes is about the volumes of one
   * cluster, and a migration that arrived as an object would begin there.
   */
  private static final Set<String> ABOUT_VOLUMES =
      Set.of(
          "stork.libopenstorage.org",
          "autopilot.libopenstorage.org",
          "snapshot.storage.k8s.io",
          "groupsnapshot.storage.k8s.io");

  private static final Duration FRESH = Duration.ofSeconds(30);

  private final ApiServer server;
  private final InstantSource clock;
  private volatile Read read = new Read(List.of(), Long.MIN_VALUE);

  private record Read(List<Kind> kinds, long untilMillis) {}

  CustomKinds(ApiServer server, InstantSource clock) {
    this.server = server;
    this.clock = clock;
  }

  /** Those whose objects are in a namespace, in a fixed order. */
  List<Kind> all() throws IOException {
    Read last = read;
    if (clock.millis() < last.untilMillis()) {
      return last.kinds();
    }
    List<Kind> kinds = new ArrayList<>();
    for (JsonNode definition : server.list(Kinds.DEFINITION.path(""))) {
      JsonNode spec = definition.path("spec");
      if (spec.path("scope").asText().equals("Namespaced")
          && !ABOUT_VOLUMES.contains(spec.path("group").asText())) {
        version(spec)
            .map(version ->
                Kind.namespaced(
                    spec.path("group").asText(),
                    version,
                    spec.path("names").path("plural").asText(),
                    spec.path("names").path("kind").asText()))
            .ifPresent(kinds::add);
      }
    }
    kinds.sort(Comparator.comparing(Kind::group).thenComparing(Kind::name));
    read = new Read(List.copyOf(kinds), clock.millis() + FRESH.toMillis());
    return read.kinds();
  }

  /** The version that is stored, if it is served: nothing is lost by reading that one. */
  private static Optional<String> version(JsonNode spec) {
    Optional<String> served = Optional.empty();
    for (JsonNode version : spec.path("versions")) {
      if (version.path("served").asBoolean()) {
        String name = version.path("name").asText();
        if (version.path("storage").asBoolean()) {
          return Optional.of(name);
        }
        served = served.or(() -> Optional.of(name));
      }
    }
    return served;
  }

  /**
   * The kind of a manifest, in the manifest's own version.
   *
   * @throws OutsideException MIG-155, if this cluster does not know it
   */
  Kind of(JsonNode manifest) throws IOException {
    String group = Fields.group(manifest);
    String name = Fields.kind(manifest);
    Optional<Kind> builtIn = Kinds.named(name).filter(kind -> kind.group().equals(group));
    if (builtIn.isPresent()) {
      return builtIn.get();
    }
    String apiVersion = manifest.path("apiVersion").asText();
    String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
    for (Kind kind : all()) {
      if (kind.group().equals(group) && kind.name().equals(name)) {
        return Kind.namespaced(group, version, kind.plural(), name);
      }
    }
    throw unknown(manifest);
  }

  static OutsideException unknown(JsonNode manifest) {
    return new OutsideException(
        "MIG-155 %s '%s' is not made. This cluster does not know '%s'. Install what defines it, of"
                .formatted(
                    Fields.kind(manifest),
                    Fields.name(manifest),
                    manifest.path("apiVersion").asText())
            + " the same version as on the source, and begin the migration again.",
        ApiServer.INVALID,
        "MIG-155");
  }
}
