package io.mooring.cli.migrator;

import io.mooring.cli.Documents;
import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring migrate pair}. */
@Command(
    name = "pair",
    mixinStandardHelpOptions = true,
    description = "Name another cluster to which this one may migrate.")
final class PairCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "Of the pair.")
  private String name = "";

  @Option(names = "--target", required = true, description = "REST API of its migrator.")
  private String targetUrl = "";

  @Option(
      names = "--mode",
      defaultValue = "default",
      description =
          "default: every seventh migration reads everything; disaster_recovery: only changes,"
              + " always; one_time_migration: everything.")
  private String mode = "";

  @Option(
      names = "--pair-token-file",
      description = "File with the token that the other side demands.")
  private @Nullable Path token;

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("targetUrl", targetUrl);
    request.put("mode", mode);
    if (token != null) {
      request.put("token", Documents.read(token).strip());
    }
    return target.show(
        Migrator.of(target).put("/pairs/" + RestClient.encoded(name), request),
        _ -> name + " is a pair; 'mooring get pairs' asks the other side.\n");
  }
}
