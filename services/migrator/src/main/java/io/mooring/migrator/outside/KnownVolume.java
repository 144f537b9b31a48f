package io.mooring.migrator.outside;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A volume as volume-manager describes it.
 *
 * @param parameters of a volume with the same properties: those of a storage class
 * @param holder node that has it, empty if none
 * @param nodes with an in-sync replica
 * @param publication under which somebody could write to it last
 * @param filling who writes all of its content anew, or did so last; null if nobody did
 */
public record KnownVolume(
    String id,
    String name,
    long sizeBytes,
    Map<String, String> parameters,
    String phase,
    String holder,
    long epoch,
    List<String> nodes,
    Publication publication,
    @Nullable Filling filling) {

  /** Label that tells which restore made a volume. It is not a property of what was backed up. */
  public static final String RESTORED_BY = "mooring.io/restored-by";

  private static final String DETACHED = "DETACHED";
  private static final String PUBLISHED = "PUBLISHED";

  /**
   * The newest one; it may have ended.
   *
   * @param epoch 0 if there was none
   * @param purpose what for, empty for an ordinary attach
   * @param othersEpoch epoch of the newest one for anything else
   */
  public record Publication(long epoch, String purpose, long othersEpoch) {

    /**
     * Whether nobody has had the volume after an epoch but who came for a purpose; if that is
     * empty, nobody at all.
     */
    public boolean isUntouchedSince(long since, String allowed) {
      boolean exempt = purpose.equals(allowed) && !allowed.isEmpty();
      return (exempt ? othersEpoch : epoch) <= since;
    }
  }

  /**
   * Until it is whole nobody gets the volume but who fills it, and no snapshot of it is taken.
   *
   * @param purpose what for
   * @param epoch under which it was given away for that last
   */
  public record Filling(String purpose, long epoch, boolean whole) {}

  /** Whether it is half, and this is the publication under which it is filled. */
  public boolean isBeingFilled() {
    return filling != null
        && !filling.whole()
        && filling.purpose().equals(publication.purpose())
        && filling.epoch() == publication.epoch();
  }

  /**
   * Whether all of its content was written for a purpose, in a publication after an epoch, and
   * nobody has begun to fill it anew since. It may have been attached since.
   */
  public boolean wasFilledFor(String purpose, long since) {
    return filling != null
        && filling.whole()
        && filling.purpose().equals(purpose)
        && filling.epoch() > since;
  }

  public boolean isDetached() {
    return phase.equals(DETACHED);
  }

  /**
   * Whether a node has it for this at present. One that takes a snapshot of it has a later epoch.
   */
  public boolean isPublishedFor(String purpose) {
    return phase.equals(PUBLISHED)
        && publication.epoch() == epoch
        && publication.purpose().equals(purpose);
  }

  public String group() {
    return parameters.getOrDefault("group", "");
  }

  /** Parameters without what a restore has added. */
  public Map<String, String> ownParameters() {
    Map<String, String> own = new LinkedHashMap<>(parameters);
    own.remove(RESTORED_BY);
    return own;
  }

  static KnownVolume of(JsonNode json) {
    List<String> nodes = new ArrayList<>();
    for (JsonNode replica : json.path("replicas")) {
      if (replica.path("role").asText().equals("IN_SYNC")) {
        nodes.add(replica.path("node").asText());
      }
    }
    return new KnownVolume(
        json.path("id").asText(),
        json.path("name").asText(),
        json.path("sizeBytes").asLong(),
        Map.copyOf(parameters(json.path("spec"))),
        json.path("phase").asText(),
        json.hasNonNull("holder") ? json.path("holder").asText() : "",
        json.path("epoch").asLong(),
        List.copyOf(nodes),
        publication(json),
        filling(json.path("filling")));
  }

  private static @Nullable Filling filling(JsonNode told) {
    return told.isObject()
        ? new Filling(
            told.path("purpose").asText(),
            told.path("epoch").asLong(),
            told.path("whole").asBoolean())
        : null;
  }

  /** An older volume-manager does not tell: whoever had it could be anybody. */
  private static Publication publication(JsonNode json) {
    JsonNode told = json.path("publication");
    long epoch = json.path("epoch").asLong();
    return told.isObject()
        ? new Publication(
            told.path("epoch").asLong(),
            told.path("purpose").asText(),
            told.path("othersEpoch").asLong())
        : new Publication(epoch, "", epoch);
  }

  /** Nodes, racks and zones are those of one cluster, and stay there. */
  private static Map<String, String> parameters(JsonNode spec) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> label : spec.path("labels").properties()) {
      parameters.put(label.getKey(), label.getValue().asText());
    }
    put(parameters, "repl", spec.path("repl"));
    put(parameters, "priority_io", spec.path("priorityIo"));
    put(parameters, "io_profile", spec.path("ioProfile"));
    put(parameters, "fs", spec.path("fs"));
    JsonNode grouping = spec.path("grouping");
    if (!grouping.path("group").asText("").isEmpty()) {
      put(parameters, "group", grouping.path("group"));
      put(parameters, "fg", grouping.path("fg"));
    }
    return parameters;
  }

  private static void put(Map<String, String> parameters, String key, JsonNode value) {
    if (!value.isMissingNode() && !value.isNull()) {
      parameters.put(
          key, key.equals("group") ? value.asText() : value.asText().toLowerCase(Locale.ROOT));
    }
  }
}
