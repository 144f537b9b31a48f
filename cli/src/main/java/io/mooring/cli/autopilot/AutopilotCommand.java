package io.mooring.cli.autopilot;

import picocli.CommandLine.Command;

/** {@code mooring autopilot}. */
@Command(
    name = "autopilot",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PreviewCommand.class,
      WhatIfCommand.class,
      RulesCommand.class,
      ObjectsCommand.class,
      ApprovalsCommand.class,
      ApproveCommand.class,
      DeclineCommand.class
    },
    description = "Rules that grow volumes before they are full.")
public final class AutopilotCommand {
  private AutopilotCommand() {}
}
