package io.mooring.autopilot.history;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import io.mooring.autopilot.ControlTopicDriver;
import io.mooring.autopilot.ScratchDirectory;
import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.Samples;
import io.mooring.autopilot.whatif.WhatIfReport;
import io.mooring.autopilot.whatif.WhatIfReport.Difference;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.VolumeCommand;
import io.mooring.testsupport.ControlPlane;
import io.mooring.testsupport.ControlPlaneResource;
import io.mooring.testsupport.TopicLog;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A story that the service lived through, replayed from the topics of a real Kafka. */
@Tag("long")
@QuarkusTest
@QuarkusTestResource(ControlPlaneResource.class)
@QuarkusTestResource(ScratchDirectory.class)
class WhatIfIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final String POOL_RULE =
      """
      apiVersion: autopilot.libopenstorage.org/v1alpha1
      kind: AutopilotRule
      metadata:
        name: even-pools
      spec:
        conditions:
          expressions:
            - keyAlias: PoolProvDeviationPerc
              operator: NotInRange
              values: ["-20", "20"]
        actions:
          - name: openstorage.io.action.storagepool/rebalance
      """;

  private static final String RULE = rule("past-resize", "80", "20", "actionsCoolDownPeriod: 1");
  private static final String OTHER_RULE =
      rule("past-forecast", "70", "10", "actionsCoolDownPeriod: 2")
          .replace(
              "name: past-forecast",
              "name: past-forecast\n  annotations: {mooring.io/forecast: \"true\"}")
          .replace("  conditions:", "  conditions:\n    for: 1");

  private ControlPlane controlPlane;
  @Inject WhatIf whatIf;
  @Inject AutopilotParts parts;

  @Test
  void aStoryIsReplayedExactlyAndComparedUnderOtherRules() throws Exception {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
    Instant from = now();
    try (var topics =
            new ControlTopicDriver(controlPlane.kafka().bootstrapServers(), controlPlane.serdes());
        var commands = log(ControlTopic.VOLUME_COMMANDS, VolumeCommand.class);
        var events = log(ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class)) {
      putInUse(RULE);
      putInUse(OTHER_RULE);
      FillingVolumes volumes = new FillingVolumes(topics, commands, 6);
      await()
          .atMost(PATIENCE)
          .pollInterval(TICK)
          .until(() -> {
            volumes.tick();
            return volumes.resizes() >= 12;
          });
      Instant to = now();
      unchangedRulesGiveWhatWasDecided(from, to, events);
      otherRulesAreCompared(from, to);
      aPartOfTheTimeGoesOnFromTheStatesBefore(to);
      badQuestionsAreRefused(from, to);
    }
    whatIsNotKeptIsSaid(from);
  }

  private void unchangedRulesGiveWhatWasDecided(
      Instant from, Instant to, TopicLog<AutopilotEvent> events) {
    Map<String, StringBuilder> replayed = new TreeMap<>();
    WhatIfReport report =
        whatIf.answer(
            new WhatIf.Question(inUse(), from, to, null),
            (volume, outcome, _, _) ->
                append(replayed, volume.id(), DecisionLine.of(volume, outcome)));
    // What the last measurements led to may be published a moment later.
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          Map<String, StringBuilder> published = new TreeMap<>();
          events.entries().stream()
              .filter(entry -> entry.key().startsWith("past-"))
              .forEach(entry -> append(published, entry.key(), DecisionLine.of(entry.value())));
          assertThat(texts(replayed)).isEqualTo(texts(published));
        });
    assertThat(texts(replayed)).hasSize(6);
    assertThat(texts(replayed).toString()).contains("ACTION_FAILED", "held back", "will fill");
    assertThat(report.resizes())
        .hasSizeGreaterThanOrEqualTo(12)
        .allMatch(resize -> resize.difference() == Difference.SAME);
    assertThat(report.notMade()).isEmpty();
    assertThat(report.would()).isEqualTo(report.did());
  }

  private static void otherRulesAreCompared(Instant from, Instant to) {
    whatIf(from, to, RULE + "---\n" + OTHER_RULE)
        .statusCode(200)
        .body("resizes.difference", everyItem(equalTo("SAME")))
        .body("notMade", hasSize(0));
    whatIf(from, to, RULE + "---\n" + POOL_RULE)
        .statusCode(200)
        .body("rules", hasItem("even-pools"));
    whatIf(from, to, rule("late", "99", "100", ""))
        .statusCode(200)
        .body("rules", equalTo(List.of("late")))
        .body("notMade.difference", hasItem("NOT_MADE"))
        .body("did.resizes", greaterThan(11))
        .body("would.fullMoments", greaterThan(0));
    given()
        .contentType("text/plain")
        .queryParam("from", from.toString())
        .queryParam("volume", "past-5")
        .body(rule("eager", "61", "1000", ""))
        .when()
        .post("/what-if")
        .then()
        .statusCode(200)
        .body("volumes.volumeId", equalTo(List.of("past-5")))
        .body("resizes.difference", hasItem("NEW"));
  }

  private void aPartOfTheTimeGoesOnFromTheStatesBefore(Instant to) {
    WhatIfReport report = whatIf.answer(new WhatIf.Question(inUse(), to.minusSeconds(4), to, null));
    assertThat(report.resizes()).allMatch(resize -> resize.difference() == Difference.SAME);
    assertThat(report.notMade()).isEmpty();
  }

  private static void badQuestionsAreRefused(Instant from, Instant to) {
    whatIf(to, from, RULE).statusCode(400).body("code", equalTo("AUT-032"));
    whatIf(from, to.plusSeconds(900), RULE).statusCode(400).body("code", equalTo("AUT-032"));
    given()
        .contentType("text/plain")
        .queryParam("from", "yesterday")
        .body(RULE)
        .when()
        .post("/what-if")
        .then()
        .statusCode(400)
        .body("code", equalTo("AUT-032"))
        .body("what", containsString("yesterday"));
    whatIf(from, to, RULE + "---\n" + RULE.replace("Gt", "Greater"))
        .statusCode(422)
        .body("code", equalTo("AUT-034"))
        .body("problems.code", hasItem("AUT-007"));
    whatIf(from, to, "# nothing\n").statusCode(422).body("code", equalTo("AUT-034"));
  }

  private void whatIsNotKeptIsSaid(Instant from) throws Exception {
    try (Admin admin = Admin.create(controlPlane.clientConfig())) {
      // The volumes of one partition may be gone for longer than measurements are kept.
      deleteMeasurements(admin, 1);
      whatIf(from, now(), RULE).statusCode(200);
      deleteMeasurements(admin, ControlTopic.VOLUME_USAGE.partitions());
      whatIf(from, now(), RULE).statusCode(409).body("code", equalTo("AUT-033"));
    }
  }

  private static void deleteMeasurements(Admin admin, int partitions) throws Exception {
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    IntStream.range(0, partitions)
        .forEach(partition ->
            all.put(
                new TopicPartition(ControlTopic.VOLUME_USAGE.topicName(), partition),
                RecordsToDelete.beforeOffset(-1)));
    admin.deleteRecords(all).all().get();
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  private static ValidatableResponse whatIf(Instant from, Instant to, String rules) {
    return given()
        .contentType("text/plain")
        .queryParam("from", from.toString())
        .queryParam("to", to.toString())
        .body(rules)
        .when()
        .post("/what-if")
        .then();
  }

  private RuleBook inUse() {
    return parts.rules().book();
  }

  private static void putInUse(String rule) {
    given().contentType("text/plain").body(rule).when().post("/rules").then().statusCode(202);
    String name = rule.replaceAll("(?s).*\n  name: ([a-z-]+)\n.*", "$1");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> when().get("/rules/" + name).then().statusCode(200));
  }

  private static String rule(String name, String threshold, String percentage, String more) {
    return Samples.rule("1Ti", more)
        .replace("kafka-resize", name)
        .replace("app: kafka", "app: past")
        .replace("\"80\"", "\"" + threshold + "\"")
        .replace("\"100\"", "\"" + percentage + "\"");
  }

  private static void append(Map<String, StringBuilder> lines, String volume, String line) {
    lines.computeIfAbsent(volume, _ -> new StringBuilder()).append(line).append('\n');
  }

  private static Map<String, String> texts(Map<String, StringBuilder> lines) {
    Map<String, String> texts = new TreeMap<>();
    lines.forEach((volume, text) -> texts.put(volume, text.toString()));
    return texts;
  }

  private <T extends SpecificRecord> TopicLog<T> log(ControlTopic topic, Class<T> type) {
    return TopicLog.open(
        controlPlane.kafka().bootstrapServers(), controlPlane.serdes(), topic, type);
  }
}
