package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the service is, and how its answer is shown. */
public final class Target {

  private static final String LOCAL_CLUSTER = "http://10.77.0.1:";
  private static final int AUTOPILOT = 8082;

  @Option(
      names = "--url",
      description = "Address of the service (default: that of the local cluster).")
  private @Nullable URI url;

  @Option(
      names = "--token-file",
      description = "File with the token that the service demands, if it does.")
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
        token == null ? "" : Documents.read(token).strip());
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
