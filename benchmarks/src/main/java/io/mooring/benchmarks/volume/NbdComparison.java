package io.mooring.benchmarks.volume;

import io.mooring.localcluster.Progress;
import io.mooring.localcluster.process.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * fio against Mooring and against other NBD servers. All of them run, one is busy at a time, and
 * all are reached over TCP: for large writes it is twice as fast here as a unix socket.
 */
final class NbdComparison {

  static final String ONE_REPLICA = "Mooring, 1 replica";
  static final String TWO_REPLICAS = "Mooring, 2 replicas";

  private static final long SIZE_BYTES = 2L << 30;

  private final BenchSettings settings;
  private final Progress progress;
  private final Path directory;
  private final List<NbdContender> contenders = new ArrayList<>();

  NbdComparison(BenchSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
    this.directory = settings.directory().resolve("nbd");
  }

  List<Measurement> run() throws IOException, InterruptedException {
    Files.createDirectories(directory);
    try {
      startAndFill();
      List<Measurement> measurements = new ArrayList<>();
      for (FioJob job : FioJob.values()) {
        progress.say(job.title());
        measurements.add(measure(job));
      }
      return measurements;
    } finally {
      // What has interrupted the work must not interrupt the cleaning up as well.
      Thread.interrupted();
      for (NbdContender contender : contenders) {
        contender.end().stop();
      }
    }
  }

  private void startAndFill() throws IOException, InterruptedException {
    OtherServers others = new OtherServers(directory, SIZE_BYTES);
    contenders.add(mooring(ONE_REPLICA, 1));
    contenders.add(mooring(TWO_REPLICAS, 2));
    contenders.add(others.nbdkit());
    contenders.add(others.qemuNbd());
    contenders.add(others.nbdServer());
    for (NbdContender contender : contenders) {
      progress.say("filling and warming up: " + contender.name());
      fio(contender, List.of("--rw=write", "--bs=1m", "--iodepth=8", "--end_fsync=1"));
      fio(
          contender,
          List.of("--rw=randrw", "--bs=4k", "--iodepth=32", "--time_based", "--runtime=5"));
    }
  }

  private NbdContender mooring(String name, int replicas) throws IOException, InterruptedException {
    MooringVolume volume =
        MooringVolume.start(
            directory.resolve("mooring-" + replicas),
            settings.jvmOptions(),
            ServedVolume.EXPORT,
            SIZE_BYTES,
            List.of(),
            replicas);
    return NbdContender.at(Integer.parseInt(volume.ready()), name, volume::stop);
  }

  private Measurement measure(FioJob job) throws InterruptedException {
    Measurement measurement = Measurement.of(job.title(), job.unit());
    for (int round = 0; round < settings.rounds(); round++) {
      for (NbdContender contender : Turns.of(contenders, round)) {
        HostCommand.run("sync");
        List<String> arguments = new ArrayList<>(job.arguments());
        arguments.addAll(
            List.of("--time_based", "--ramp_time=1", "--runtime=" + settings.seconds()));
        measurement.add(contender.name(), job.value(fio(contender, arguments)));
      }
    }
    return measurement;
  }

  private static String fio(NbdContender contender, List<String> arguments)
      throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("fio", "--name=job", "--ioengine=nbd"));
    command.add("--uri=" + contender.uri());
    command.addAll(List.of("--size=" + SIZE_BYTES, "--randrepeat=0", "--output-format=terse"));
    command.addAll(arguments);
    return HostCommand.run(command.toArray(String[]::new));
  }
}
