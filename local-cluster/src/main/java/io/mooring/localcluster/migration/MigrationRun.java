package io.mooring.localcluster.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.localcluster.LocalClusterException;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.kafka.ManagedKafka;
import io.mooring.localcluster.report.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One migration as somebody sees it who asked for it and looks at it until it is over. */
final class MigrationRun {

  static final String PAIR = "west";

  /** By which the volumes of all pods of the namespace are chosen. */
  static final Map<String, String> CHOICE =
      Map.of("csi.storage.k8s.io/pvc/namespace", ManagedKafka.NAME);

  /**
   * Kafka acknowledges what is in its brokers' memory; this has it written to their volumes after
   * the cut was read and before the snapshots are taken.
   */
  static final String FLUSH = "kafka-flush";

  private static final Duration POLL = Duration.ofMillis(200);
  private static final String END = "END";

  /** Steps in which what was moved is what was sent; later it is what the other side fetched. */
  private static final Set<String> SENDING = Set.of("UPLOAD", "SEAL", "RELEASE");

  private final RestDoor migrator;
  private final String name;
  private final Progress progress;
  private final List<Step> steps = new ArrayList<>();
  private long sent;

  MigrationRun(RestDoor migrator, String name, Progress progress) {
    this.migrator = migrator;
    this.name = name;
    this.progress = progress;
  }

  /**
   * Asks for it and waits for its end, whatever that is.
   *
   * @param start the application on the target
   * @param replace what an earlier one has restored there
   */
  JsonNode run(boolean start, boolean replace, Duration limit) throws InterruptedException {
    migrator.post("/migrations", request(start, replace));
    return follow(limit);
  }

  /** Waits for the end of one that was begun. */
  JsonNode follow(Duration limit) throws InterruptedException {
    long began = System.nanoTime();
    String step = "";
    double since = 0;
    while (true) {
      JsonNode seen = migrator.get("/migrations/" + name);
      double now = (System.nanoTime() - began) / 1e6;
      String next = stepOf(seen);
      if (!next.equals(step)) {
        if (!step.isEmpty()) {
          steps.add(new Step(step, since, now, ""));
        }
        progress.say(
            "  %s %s, %d/%d volumes"
                .formatted(
                    name,
                    next,
                    seen.path("volumesDone").asInt(),
                    seen.path("volumesTotal").asInt()));
        step = next;
        since = now;
      }
      if (SENDING.contains(next)) {
        sent = Math.max(sent, seen.path("movedBytes").asLong());
      }
      if (next.equals(END) || now > limit.toMillis()) {
        return seen;
      }
      Thread.sleep(POLL);
    }
  }

  /**
   * Ends the demonstration if a migration has not arrived.
   *
   * @param end as it was seen last
   */
  static void demandSuccess(JsonNode end) {
    if (!end.path("status").asText().equals("SUCCESSFUL")) {
      throw new LocalClusterException(
          "LCL-047",
          "Migration '%s' is %s".formatted(end.path("name").asText(), end.path("status").asText()),
          "step %s: %s %s"
              .formatted(
                  end.path("step").asText(),
                  end.path("reason").asText("it did not end in time"),
                  end.path("leftBehind").asText("")),
          "See ./mooring logs migrator");
    }
  }

  private Map<String, Object> request(boolean start, boolean replace) {
    return Map.of(
        "name",
        name,
        "kind",
        "MIGRATION",
        "pair",
        PAIR,
        "labels",
        CHOICE,
        "namespace",
        ManagedKafka.NAME,
        "startApplications",
        start,
        "keepSnapshots",
        true,
        "replace",
        replace,
        "preExecRule",
        FLUSH,
        "requestedBy",
        "demo");
  }

  /** The other side's objects are the last part of the same step. */
  private static String stepOf(JsonNode seen) {
    String step = seen.path("step").asText();
    boolean objects = step.equals("HANDOVER") && seen.path("stage").asText().equals("APPLICATIONS");
    return objects ? "OBJECTS" : step;
  }

  /** What happened, on the migration's own clock. */
  List<Step> steps() {
    return steps;
  }

  /** Bytes that went to the object store. */
  long sent() {
    return sent;
  }
}
