package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What people and programs see; the golden files are what it should look like. */
class MooringCliTest {

  private static final String RULES = "kind: AutopilotRule\n";

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"rules", "objects", "approvals"})
  void listsAreTables(String command) throws Exception {
    try (StubService service = new StubService(200, resource("answers/" + command + ".json"))) {
      assertThat(run("autopilot", command, "--url", service.url())).isZero();
      assertThat(service.requests()).containsExactly("GET /" + command + " ");
    }
    assertGolden(command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rules", "objects", "approvals"})
  void emptyListsSaySo(String command) throws Exception {
    try (StubService service = new StubService(200, "[]")) {
      assertThat(run("autopilot", command, "--url", service.url())).isZero();
    }
    assertGolden(command + "-none");
  }

  @Test
  void aPreviewShowsWhatRulesWouldDoAndWhichCannot() throws Exception {
    try (StubService service = new StubService(200, resource("answers/preview.json"))) {
      assertThat(run("autopilot", "preview", "--rules", rules(), "--url", service.url())).isZero();
      assertThat(service.requests()).containsExactly("POST /preview " + RULES);
    }
    assertGolden("preview");
  }

  @Test
  void aReplayIsComparedWithWhatHappened() throws Exception {
    try (StubService service = new StubService(200, resource("answers/what-if.json"))) {
      assertThat(
              run(
                  "autopilot",
                  "what-if",
                  "--rules",
                  rules(),
                  "--from",
                  "2026-01-31T08:00:00+02:00",
                  "--to",
                  "2026-01-31T09:00:00Z",
                  "--volume",
                  "a b",
                  "--url",
                  service.url() + "/"))
          .isZero();
      assertThat(service.requests())
          .containsExactly(
              "POST /what-if?from=2026-01-31T06%3A00%3A00Z&to=2026-01-31T09%3A00%3A00Z&volume=a+b "
                  + RULES);
    }
    assertGolden("what-if");
  }

  @Test
  void programsGetTheAnswerAsItIs() throws Exception {
    try (StubService service = new StubService(200, "[{\"name\":\"web\",\"more\":[1]}]")) {
      assertThat(run("autopilot", "rules", "--json", "--url", service.url())).isZero();
    }
    assertThat(out.toString().replaceAll("\\s", "")).isEqualTo("[{\"name\":\"web\",\"more\":[1]}]");
  }

  @Test
  void decisionsAreSentWithWhoDecided() throws Exception {
    try (StubService service = new StubService(202, "")) {
      assertThat(run("autopilot", "approve", "id/1", "--by", "ann", "--url", service.url()))
          .isZero();
      assertThat(run("autopilot", "decline", "id2", "--by", "bob", "--url", service.url()))
          .isZero();
      assertThat(service.requests().getFirst())
          .startsWith("PUT /approvals/id%2F1 ")
          .contains("\"approvalState\":\"approved\"", "\"by\":\"ann\"");
      assertThat(service.requests().getLast())
          .startsWith("PUT /approvals/id2 ")
          .contains("\"approvalState\":\"declined\"", "\"by\":\"bob\"");
    }
    assertThat(out.toString()).isEqualTo("id/1 is approved.\nid2 is declined.\n");
  }

  @Test
  void migrationsHaveTheRowFormOfThePaper() throws Exception {
    try (StubService service = new StubService(200, resource("answers/migrations.json"))) {
      assertThat(run("get", "migrations", "--url", service.url())).isZero();
      assertThat(service.requests()).containsExactly("GET /migrations ");
    }
    assertGolden("migrations");
  }

  @Test
  void aMigrationIsShownWithItsVolumes() throws Exception {
    String first =
        new ObjectMapper().readTree(resource("answers/migrations.json")).get(1).toString();
    try (StubService service = new StubService(200, first)) {
      assertThat(run("get", "migrations", "nightly-1", "--url", service.url())).isZero();
      assertThat(service.requests()).containsExactly("GET /migrations/nightly-1 ");
    }
    assertGolden("migration");
  }

  @Test
  void aMigrationIsAskedForWithAllThatWasChosen() throws Exception {
    try (StubService service = new StubService(201, "{}")) {
      assertThat(
              run(
                  "migrate",
                  "start",
                  "move-1",
                  "--pair",
                  "west",
                  "--group",
                  "kafka",
                  "--label",
                  "app=kafka",
                  "--namespace",
                  "kafka",
                  "--keep-snapshots",
                  "--pre-rule",
                  "kafka-flush",
                  "--url",
                  service.url()))
          .isZero();
      assertThat(service.requests().getFirst())
          .startsWith("POST /migrations ")
          .contains(
              "\"name\":\"move-1\"",
              "\"kind\":\"MIGRATION\"",
              "\"pair\":\"west\"",
              "\"group\":\"kafka\"",
              "\"labels\":{\"app\":\"kafka\"}",
              "\"keepSnapshots\":true",
              "\"preExecRule\":\"kafka-flush\"",
              "\"startApplications\":false");
    }
  }

  @Test
  void whatGoesAlongAndHowItIsChangedIsSent(@TempDir Path folder) throws Exception {
    Path transforms = folder.resolve("transforms.json");
    Files.writeString(transforms, "[{\"kind\":\"Service\",\"value\":1}]");
    try (StubService service = new StubService(202, "{}")) {
      String[] options = {
        "--namespace=a",
        "--namespace=b",
        "--map-namespace=a=c",
        "--selector=app=x",
        "--exclude-selector=tier=test",
        "--exclude-kind=Secret",
        "--no-include-volumes",
        "--no-skip-deleted-namespaces",
        "--include-network-policy-with-cidr",
        "--ignore-owner-references",
        "--map-class=slow=fast",
        "--purge-deleted",
        "--skip-service-update",
        "--transforms=" + transforms,
        "--url=" + service.url()
      };
      List<String> start = new ArrayList<>(List.of("migrate", "start", "m", "--pair", "west"));
      List<String> put =
          new ArrayList<>(List.of("migrate", "schedule", "put", "s", "--pair", "west"));
      List<String> restore = new ArrayList<>(List.of("backup", "restore", "m", "--as", "r"));
      for (List<String> command : List.of(start, put, restore)) {
        command.addAll(List.of(options));
        assertThat(run(command.toArray(String[]::new))).isZero();
        assertThat(service.requests().getLast())
            .contains(
                "\"namespaces\":[\"a\",\"b\"]",
                "\"namespaceMapping\":{\"a\":\"c\"}",
                "\"objectSelector\":{\"app\":\"x\"}",
                "\"excludeSelector\":{\"tier\":\"test\"}",
                "\"excludeKinds\":[\"Secret\"]",
                "\"includeVolumes\":false",
                "\"includeResources\":true",
                "\"skipDeletedNamespaces\":false",
                "\"includeNetworkPolicyWithCidr\":true",
                "\"ignoreOwnerReferences\":true",
                "\"classMapping\":{\"slow\":\"fast\"}",
                "\"purgeDeleted\":true",
                "\"skipServiceUpdate\":true",
                "\"transforms\":[{\"kind\":\"Service\",\"value\":1}]");
      }
      Files.writeString(transforms, "{}");
      assertThat(run(start.toArray(String[]::new))).isEqualTo(1);
      assertThat(err.toString()).contains("CLI-005");
    }
  }

  @Test
  void rulesAreSentAsTheyAreWritten() throws Exception {
    try (StubService service = new StubService(202, "")) {
      assertThat(run("migrate", "rule", "put", "freeze", "--file", rules(), "--url", service.url()))
          .isZero();
      assertThat(run("migrate", "rule", "delete", "freeze", "--url", service.url())).isZero();
      assertThat(service.requests())
          .containsExactly("PUT /rules/freeze " + RULES, "DELETE /rules/freeze ");
    }
    String answer =
        "[{\"name\":\"freeze\",\"items\":[{\"podSelector\":{\"app\":\"db\",\"tier\":\"1\"},"
            + "\"actions\":[{\"value\":\"sync\\nmore\",\"background\":true,"
            + "\"runInSinglePod\":true}]}]}]";
    out.getBuffer().setLength(0);
    try (StubService service = new StubService(200, answer)) {
      assertThat(run("get", "rules", "--url", service.url())).isZero();
    }
    assertThat(out.toString()).contains("freeze", "one of app=db,tier=1", "yes", "sync");
  }

  @Test
  void schedulesAreMadeAndShown() throws Exception {
    try (StubService service = new StubService(202, "")) {
      assertThat(
              run(
                  "migrate",
                  "schedule",
                  "put",
                  "nightly",
                  "--pair",
                  "west",
                  "--group",
                  "kafka",
                  "--weekly",
                  "SUNDAY 02:30",
                  "--no-auto-suspend",
                  "--url",
                  service.url()))
          .isZero();
      assertThat(service.requests().getFirst())
          .startsWith("PUT /schedules/nightly ")
          .contains(
              "\"when\":{\"weekly\":\"SUNDAY 02:30\"}",
              "\"pair\":\"west\"",
              "\"group\":\"kafka\"",
              "\"autoSuspend\":false",
              "\"keepSnapshots\":true");
      assertThat(run("migrate", "schedule", "resume", "nightly", "--url", service.url())).isZero();
      assertThat(service.requests().getLast()).startsWith("POST /schedules/nightly/resume");
    }
    String answer =
        "[{\"name\":\"nightly\",\"pair\":\"west\",\"when\":{\"every\":null,\"daily\":\"02:30\"},"
            + "\"suspended\":true,\"reason\":\"MIG-118 Moved.\",\"last\":\"nightly-1\","
            + "\"lastStatus\":\"PARTIAL_SUCCESS\",\"lastAt\":\"2026-01-31T08:00:00Z\"}]";
    out.getBuffer().setLength(0);
    try (StubService service = new StubService(200, answer)) {
      assertThat(run("get", "migrationschedules", "--url", service.url())).isZero();
    }
    assertThat(out.toString())
        .contains("nightly", "daily 02:30", "yes", "nightly-1", "PartialSuccess", "MIG-118 Moved.");
  }

  @Test
  void applicationsMoveAndMoveBackWithTheTokenThatIsDemanded() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "secret\n");
    try (StubService service = new StubService(201, "{}")) {
      assertThat(
              run(
                  "migrate",
                  "failover",
                  "nightly",
                  "--skip-source-operations",
                  "--token-file",
                  token.toString(),
                  "--url",
                  service.url()))
          .isZero();
      assertThat(service.requests().getFirst())
          .startsWith("POST /schedules/nightly/failover ")
          .contains("\"skipSourceOperations\":true");
      assertThat(service.authorizations().getFirst()).isEqualTo("Bearer secret");
      assertThat(run("migrate", "failback", "nightly", "--pair", "east", "--url", service.url()))
          .isZero();
      assertThat(service.requests().getLast())
          .startsWith("POST /schedules/nightly/failback ")
          .contains("\"pair\":\"east\"");
      assertThat(service.authorizations().getLast()).isEmpty();
      assertThat(run("migrate", "application", "start", "kafka", "--url", service.url())).isZero();
      assertThat(service.requests().getLast())
          .startsWith("POST /applications/start?namespace=kafka");
    }
    assertThat(out.toString()).doesNotContain("secret");
  }

  @Test
  void backupsAreListedWithTheirState() throws Exception {
    try (StubService service = new StubService(200, resource("answers/backups.json"))) {
      assertThat(run("backup", "list", "--url", service.url())).isZero();
    }
    assertGolden("backups");
  }

  @Test
  void aCheckThatFindsDamageFails() throws Exception {
    String good =
        "{\"backup\":\"b\",\"running\":false,\"good\":true,\"chunks\":9,\"chunksRead\":3,"
            + "\"bytesRead\":2048,\"damages\":[]}";
    try (StubService service = new StubService(202, good)) {
      assertThat(run("backup", "verify", "b", "--sample", "25", "--url", service.url())).isZero();
      assertThat(service.requests().getFirst()).startsWith("POST /backups/b/verify?fraction=0.25");
    }
    assertThat(out.toString()).isEqualTo("b is good. 3 of 9 chunks read, 2 KiB.\n");
    String bad =
        good.replace("\"good\":true", "\"good\":false")
            .replace(
                "[]",
                "[{\"place\":\"data-0\",\"offset\":4096,\"lengthBytes\":512,"
                    + "\"message\":\"MIG-022 Lost.\"}]");
    try (StubService service = new StubService(202, bad)) {
      assertThat(run("backup", "verify", "b", "--url", service.url())).isEqualTo(1);
    }
    assertThat(out.toString()).contains("b is damaged.", "data-0", "MIG-022 Lost.");
  }

  @Test
  void aRefusalIsToldInTheWordsOfTheService() throws Exception {
    String answer =
        "{\"code\":\"AUT-034\",\"what\":\"The rules of the request have 1 problems.\",\"why\":\"A"
            + " part is another question.\",\"fix\":\"Correct them.\",\"problems\":[{\"code\":"
            + "\"AUT-010\",\"path\":\"spec\",\"what\":\"w.\",\"why\":\"y.\",\"fix\":\"f.\"}]}";
    try (StubService service = new StubService(422, answer)) {
      assertThat(
              run(
                  "autopilot",
                  "what-if",
                  "--rules",
                  rules(),
                  "--from",
                  "2h",
                  "--url",
                  service.url()))
          .isEqualTo(1);
    }
    assertThat(err.toString())
        .isEqualTo(
            """
            AUT-034: The rules of the request have 1 problems.
              AUT-010 spec w. y. f.
              why: A part is another question.
              fix: Correct them.
            """);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void ownErrorsHaveCodeCauseAndFix() throws Exception {
    assertThat(run("autopilot", "rules", "--url", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).startsWith("CLI-001: The service at http://127.0.0.1:1 could not");
    assertThat(run("autopilot", "preview", "--rules", directory + "/none")).isEqualTo(1);
    assertThat(err.toString()).contains("CLI-002: The file");
    assertThat(run("autopilot", "what-if", "--rules", rules(), "--from", "soon")).isEqualTo(1);
    assertThat(err.toString()).contains("CLI-003: --from is 'soon'.");
    try (StubService service = new StubService(502, "<html>")) {
      assertThat(run("autopilot", "rules", "--url", service.url())).isEqualTo(1);
    }
    assertThat(err.toString()).contains("CLI-004: ").contains("502").contains("  fix: ");
    assertThat(run("autopilot", "what-if", "--rules", rules())).isEqualTo(2);
    assertThat(err.toString()).contains("--from");
  }

  private int run(String... arguments) {
    CommandLine command = MooringCli.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of(arguments));
    return command.execute(all.toArray(String[]::new));
  }

  private String rules() throws IOException {
    return Files.writeString(directory.resolve("rules.yaml"), RULES).toString();
  }

  private void assertGolden(String name) {
    assertThat(out.toString()).isEqualTo(resource("golden/" + name + ".txt"));
  }

  private static String resource(String name) {
    try (InputStream in = MooringCliTest.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new AssertionError("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
