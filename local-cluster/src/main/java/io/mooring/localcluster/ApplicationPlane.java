package io.mooring.localcluster;

import io.mooring.localcluster.application.ApplicationDoor;
import io.mooring.localcluster.application.Applications;
import io.mooring.localcluster.application.Executions;
import io.mooring.localcluster.application.Manifest;
import io.mooring.localcluster.application.PodTemplates;
import io.mooring.localcluster.network.ClusterNetwork;
import io.mooring.localcluster.orchestrator.Orchestrator;
import io.mooring.localcluster.services.MigrationPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The applications of a cluster as objects, and the door at which others reach them. */
final class ApplicationPlane implements AutoCloseable {

  private static final Duration PODS_LIMIT = Duration.ofMinutes(4);

  private final Orchestrator orchestrator;
  private final Applications applications;
  private final Executions executions;
  private final Path logs;
  private @Nullable ApplicationDoor door;

  /**
   * @param commands starts commands beside pods
   * @param files of the cluster
   */
  ApplicationPlane(
      Orchestrator orchestrator,
      PodTemplates templates,
      Executions.Door commands,
      ClusterFiles files) {
    this.orchestrator = orchestrator;
    this.applications = new Applications(orchestrator, templates);
    this.executions = new Executions(applications, commands, files.executions());
    this.logs = files.log("pods").getParent();
  }

  /** Lets others in. */
  void open() {
    try {
      door =
          ApplicationDoor.open(
              new InetSocketAddress(ClusterNetwork.CONTROL_ADDRESS, MigrationPrograms.doorPort()),
              applications,
              executions);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot serve the orchestrator's door", e);
    }
  }

  /** Makes the objects, the last of which is a stateful set, and waits for its pods. */
  void start(List<Manifest> objects, Progress progress) throws InterruptedException {
    objects.forEach(object -> applications.put(object, true));
    String set = objects.getLast().name();
    if (!orchestrator.awaitReady(set, PODS_LIMIT)) {
      throw new LocalClusterException(
          "LCL-012",
          "The pods of " + set + " did not become ready",
          orchestrator.pods().toString(),
          "See their logs in " + logs);
    }
    progress.say(orchestrator.desired(set) + " pods of " + set + " are ready");
  }

  @Override
  public void close() {
    if (door != null) {
      door.close();
    }
    executions.close();
  }
}
