package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.localcluster.report.Step;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One migration: what its row says, what it has moved, and what it meant for those who write.
 *
 * @param purpose for people: what it is for
 * @param beganSecond on the clock of the load
 * @param endedSecond on the clock of the load
 * @param steps on its own clock
 * @param cut what Kafka had committed
 * @param found on the target; null if the application was not started there
 */
record Leg(
    String purpose,
    double beganSecond,
    double endedSecond,
    Row row,
    List<Step> steps,
    Bytes bytes,
    Serving serving,
    KafkaCut cut,
    @Nullable TargetFindings found) {

  /** What was seen on the target, if the application was started there. */
  Optional<TargetFindings> onTarget() {
    return Optional.ofNullable(found);
  }

  /** The row in the form of {@code mooring get migrations}. */
  record Row(
      String name,
      String pair,
      String stage,
      String status,
      int volumesDone,
      int volumesTotal,
      int resourcesDone,
      int resourcesTotal,
      String created,
      long elapsedSeconds) {

    static Row of(JsonNode migration) {
      return new Row(
          migration.path("name").asText(),
          migration.path("pair").asText(),
          migration.path("stage").asText(),
          migration.path("status").asText(),
          migration.path("volumesDone").asInt(),
          migration.path("volumesTotal").asInt(),
          migration.path("resourcesDone").asInt(),
          migration.path("resourcesTotal").asInt(),
          migration.path("createdAt").asText(),
          migration.path("elapsedSeconds").asLong());
    }
  }

  /**
   * Bytes.
   *
   * @param held by the file systems of the application on the source
   * @param sent to the object store
   * @param stored by which the object store has grown
   * @param fetched from the object store by the target
   */
  record Bytes(long held, long sent, long stored, long fetched) {}

  /**
   * How the source served meanwhile.
   *
   * @param acknowledged records
   * @param worstLatencyMs longest time from send to acknowledgement
   * @param longestSilenceMs longest time without any acknowledgement, to a tenth of a second
   */
  record Serving(long acknowledged, double worstLatencyMs, double longestSilenceMs) {}
}
