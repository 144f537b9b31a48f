package io.mooring.localcluster.command;

import io.mooring.localcluster.ClusterFiles;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which running cluster is meant. */
final class TargetOptions {

  @Option(
      names = "--name",
      defaultValue = "mooring",
      description = "Name of the cluster (${DEFAULT-VALUE}).")
  private String name = "mooring";

  Path socket() {
    return ClusterFiles.of(ClusterOptions.home(), name).controlSocket();
  }
}
