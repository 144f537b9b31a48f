package io.mooring.localcluster;

import io.mooring.localcluster.kafka.KafkaPrograms;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.JavaProgram;
import io.mooring.localcluster.process.ProcessStarter;
import io.mooring.localcluster.services.ServicePrograms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Records the class archives that are missing: a small cluster does once what every cluster does,
 * and its programs write down on their way out which classes that took.
 */
final class ClassArchiveTraining {

  private static final Duration STOP_GRACE = Duration.ofMinutes(3);
  private static final long VOLUME_BYTES = 256L << 20;

  private ClassArchiveTraining() {}

  /**
   * Makes sure that every program has an archive that fits. That it cannot be made is told and
   * otherwise harmless: everything starts without, only more slowly.
   */
  static void ensure(ClusterSettings settings, Progress progress) throws InterruptedException {
    Installation installation = new Installation(settings.home());
    ClassArchives archives = new ClassArchives(installation.classArchives());
    List<JavaProgram> missing =
        programs(settings, installation, archives).stream()
            .filter(program -> !archives.isTrained(program))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    progress.say(
        "recording class archives, once per build: "
            + String.join(", ", missing.stream().map(JavaProgram::name).toList()));
    try {
      ClusterSettings small =
          ClusterSettings.of(settings.name(), settings.home())
              .withNodes(1)
              .withKafka(new ClusterSettings.KafkaSize(1, 1, VOLUME_BYTES));
      LocalCluster.startInTraining(
              isMigrating(settings) ? small.withStore(settings.name()) : small,
              line -> progress.say("  training: " + line))
          .stopInOrder(STOP_GRACE);
      missing.forEach(archives::publish);
    } catch (LocalClusterException e) {
      progress.say("going on without class archives: " + e.getMessage());
    }
  }

  private static boolean isMigrating(ClusterSettings settings) {
    return settings.services().store().isPresent();
  }

  private static List<JavaProgram> programs(
      ClusterSettings settings, Installation installation, ClassArchives archives) {
    ClusterFiles files = ClusterFiles.of(settings.home(), settings.name());
    ServicePrograms services =
        new ServicePrograms(
            installation, files, new ProcessStarter(files::log, archives, false), "");
    List<JavaProgram> programs = new ArrayList<>(services.programs(isMigrating(settings)));
    programs.add(new KafkaPrograms(installation.kafkaJars(), archives).broker());
    return programs;
  }
}
