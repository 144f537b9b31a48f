package io.mooring.localcluster.migration;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.LocalCluster;
import io.mooring.localcluster.Progress;
import io.mooring.localcluster.command.OrderlyStop;
import io.mooring.localcluster.report.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./mooring demo migration}: exit status 0 only if every check held. */
@Command(
    name = "migration",
    mixinStandardHelpOptions = true,
    description =
        "Copy a Kafka cluster under load through an object store, start it elsewhere, check all of it.")
public final class MigrationCommand implements Callable<Integer> {

  @Option(
      names = "--name",
      defaultValue = "demo",
      description = "Name of the source (${DEFAULT-VALUE}); the target's ends with -west.")
  private String name = "demo";

  @Option(
      names = "--scale",
      defaultValue = "standard",
      description = "Amount of data and load: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private MigrationSettings.Scale scale = MigrationSettings.Scale.STANDARD;

  @Option(
      names = "--rehearse",
      description =
          "Begin with a copy that is started, looked at and taken away again (three minutes more).")
  private boolean rehearse;

  @Option(
      names = "--failover",
      arity = "0..1",
      fallbackValue = "PLANNED",
      paramLabel = "WHY",
      description =
          "Another story: the application fails over to the target, is written to there and fails"
              + " back; ${COMPLETION-CANDIDATES} says why it leaves the source (PLANNED).")
  private @Nullable Departure failover;

  @Option(names = "--json", description = "Also write the result to this file.")
  private @Nullable Path json;

  @Option(
      names = "--report",
      defaultValue = "${sys:mooring.home:-.}/.mooring/reports/migration.html",
      description = "Page with plots (${DEFAULT-VALUE}).")
  private Path report = Path.of("migration.html");

  @Override
  public Integer call() throws IOException {
    Progress progress = Progress.onStandardOutput();
    Path home = Path.of(System.getProperty("mooring.home", ".")).toAbsolutePath().normalize();
    MigrationSettings settings = MigrationSettings.of(scale);
    Departure departure = failover;
    return OrderlyStop.run(() ->
        departure == null
            ? migrate(settings, home, progress)
            : failOver(departure, settings.forFailover(), home, progress));
  }

  private int migrate(MigrationSettings settings, Path home, Progress progress)
      throws InterruptedException, IOException {
    MigrationResult result =
        play(
            settings,
            home,
            progress,
            (source, target, folder) ->
                new MigrationStory(source, target, settings, rehearse, progress).run(folder));
    MigrationReport shown = new MigrationReport(result);
    return new Publication(report, json).publish(result.held(), shown.text(), shown.page(), result);
  }

  private int failOver(
      Departure departure, MigrationSettings settings, Path home, Progress progress)
      throws InterruptedException, IOException {
    SiteFailoverResult result =
        play(
            settings,
            home,
            progress,
            (source, target, folder) ->
                new SiteFailoverStory(source, target, settings, departure, progress).run(folder));
    SiteFailoverReport shown = new SiteFailoverReport(result);
    return new Publication(report, json).publish(result.held(), shown.text(), shown.page(), result);
  }

  /** What happens between the two clusters. */
  @FunctionalInterface
  private interface Story<R> {
    R run(LocalCluster source, TargetCluster target, Path folder)
        throws InterruptedException, IOException;
  }

  private <R> R play(MigrationSettings settings, Path home, Progress progress, Story<R> story)
      throws InterruptedException, IOException {
    Path log = ClusterFiles.of(home, name).log("target");
    Path folder =
        Files.createDirectories(report.toAbsolutePath().resolveSibling("migration-ledger"));
    try (LocalCluster source = LocalCluster.start(settings.cluster(name, home), progress);
        TargetCluster target = new TargetCluster(home, name + "-west", log)) {
      progress.say(
          "starting the target: its own control plane, %d nodes, no Kafka"
              .formatted(settings.targetNodes()));
      target.start(name, settings.targetNodes());
      return story.run(source, target, folder);
    }
  }
}
