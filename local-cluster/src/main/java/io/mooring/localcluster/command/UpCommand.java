package io.mooring.localcluster.command;

import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a cluster until it is told to stop by a signal. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Start a cluster and keep it running.")
final class UpCommand implements Callable<Integer> {

  /** The script waits for this line. */
  private static final String READY = "ready";

  @Mixin private ClusterOptions options = new ClusterOptions();

  @Override
  public Integer call() throws IOException {
    Progress progress = Progress.onStandardOutput();
    return OrderlyStop.run(() -> {
      try (LocalCluster cluster = LocalCluster.start(options.settings(), progress);
          ControlEndpoint _ =
              ControlEndpoint.serve(
                  options.files().controlSocket(), new ClusterConsole(cluster)::answer)) {
        progress.say(READY);
        new CountDownLatch(1).await();
      }
      return 0;
    });
  }
}
