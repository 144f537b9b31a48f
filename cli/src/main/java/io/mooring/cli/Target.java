package io.mooring.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URI;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where the service is, and how its answer is shown. */
public final class Target {

  @Option(
      names = "--url",
      defaultValue = "http://10.77.0.1:8082",
      description = "Address of the service (${DEFAULT-VALUE}, that of the local cluster).")
  private URI url = URI.create("");

  @Option(names = "--json", description = "Print the service's answer as JSON, for programs.")
  private boolean json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  public RestClient client() {
    return new RestClient(url);
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
