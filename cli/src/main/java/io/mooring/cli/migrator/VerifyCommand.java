package io.mooring.cli.migrator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.RestClient;
import io.mooring.cli.Table;
import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring backup verify}: status 1 if anything is lost. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Read a backup as a restore would and tell all that is lost.")
final class VerifyCommand implements Callable<Integer> {

  private static final long POLL_MS = 500;

  @Parameters(paramLabel = "BACKUP", description = "What to read.")
  private String backup = "";

  @Option(
      names = "--sample",
      defaultValue = "100",
      paramLabel = "PERCENT",
      description = "Read only so much of it, chosen by chance; the tree above is always read.")
  private double percent;

  @Mixin private Target target = new Target();

  @Override
  public Integer call() throws InterruptedException {
    RestClient migrator = Migrator.of(target);
    String path = "/backups/" + RestClient.encoded(backup) + "/verify";
    JsonNode check =
        migrator.postJson(path, Map.of("fraction", Double.toString(percent / 100)), Map.of());
    while (check.path("running").asBoolean()) {
      Thread.sleep(POLL_MS);
      check = migrator.get(path, Map.of());
    }
    target.show(check, VerifyCommand::text);
    return check.path("good").asBoolean() ? 0 : 1;
  }

  private static String text(JsonNode check) {
    if (check.hasNonNull("failure")) {
      return "It could not be verified: " + check.path("failure").asText() + "\n";
    }
    String read =
        "%s of %s chunks read, %s.\n"
            .formatted(
                check.path("chunksRead").asText(),
                check.path("chunks").asText(),
                Units.bytes(check.path("bytesRead")));
    if (check.path("good").asBoolean()) {
      return check.path("backup").asText() + " is good. " + read;
    }
    Table damages = new Table("IN", "AT", "LOST", "BECAUSE");
    for (JsonNode damage : check.path("damages")) {
      damages.row(
          damage.path("place").asText(),
          Units.bytes(damage.path("offset")),
          Units.bytes(damage.path("lengthBytes")),
          damage.path("message").asText());
    }
    return check.path("backup").asText() + " is damaged. " + read + damages;
  }
}
