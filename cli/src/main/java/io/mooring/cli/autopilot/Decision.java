package io.mooring.cli.autopilot;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mooring.cli.RestClient;
import io.mooring.cli.Target;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A person's decision about an action that waits for it. */
final class Decision {

  @Parameters(paramLabel = "ID", description = "Approval, as 'approvals' lists it.")
  private String id = "";

  @Option(
      names = "--by",
      defaultValue = "${sys:user.name}",
      description = "Who decides, for the record (${DEFAULT-VALUE}).")
  private String by = "";

  int send(Target target, String state) {
    target
        .client()
        .putJson("/approvals/" + RestClient.encoded(id), Map.of("approvalState", state, "by", by));
    return target.show(
        JsonNodeFactory.instance.objectNode().put("id", id).put("approvalState", state),
        _ -> "%s is %s.\n".formatted(id, state));
  }
}
