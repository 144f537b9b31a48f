package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the service is, and how its answer is shown. */
public final class Target {

  private static final String LOCAL_CLUSTER = "http://10.77.0.1:";
  private static final int AUTOPILOT = 8082;

  /** Names the file with the token of the local cluster; it is shown to that one only. */
  private static final String LOCAL_TOKEN_FILE = "MOORING_TOKEN_FILE";

  @Option(
      names = "--url",
      description = "Address of the service (default: that of the local cluster).")
  private @Nullable URI url;

  @Option(
      names = "--token-file",
      description =
          "File with the token that the service demands, if it does (default: that of the local"
              + " cluster, if it is asked).")
  private @Nullable Path token;

  @Option(names = "--json", description = "Print the service's answer as JSON, for programs.")
  private boolean json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** Asks the autopilot. */
  public RestClient client() {
    return client(AUTOPILOT);
  }

  /**
   * Asks a service.
   *
   * @param port on which it listens in the local cluster
   */
  public RestClient client(int port) {
    return new RestClient(
        url == null ? URI.create(LOCAL_CLUSTER + port) : url,
        tokenFile(token, url, System.getenv(LOCAL_TOKEN_FILE))
            .map(file -> Documents.read(file).strip())
            .orElse(""));
  }

  /**
   * What is shown to a service. The local cluster's own secret goes to no other one.
   *
   * @param local file of the local cluster's
   */
  static Optional<Path> tokenFile(@Nullable Path given, @Nullable URI url, @Nullable String local) {
    if (given != null || url != null || local == null) {
      return Optional.ofNullable(given);
    }
    return Optional.of(Path.of(local)).filter(Files::exists);
  }

  /** Turns an answer into lines for people. */
  @FunctionalInterface
  public interface View {
    String text(JsonNode answer);
  }

  /** Prints an answer; returns the exit code. */
  public int show(JsonNode answer, View view) {
    out().print(json ? answer.toPrettyString() + "\n" : view.text(answer));
    out().flush();
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
