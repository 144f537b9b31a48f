package io.mooring.benchmarks.migration;

import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.BackupSettings;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.RestoreJob;
import io.mooring.storage.backup.SharedBlobs;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.s3.S3ObjectStore;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process of its own that sends two volumes at the same time and fetches them, as a migrator with
 * its defaults does, and says what memory that took. Prints two numbers: the most that the heap and
 * that the process held, in bytes.
 */
final class MemoryProbe {

  private static final int TASKS = 2;

  /** Of each index: what a migrator gives it at the least. */
  private static final long INDEX_BYTES = 4 << 20;

  private interface Task {
    void run(int number) throws Exception;
  }

  private MemoryProbe() {}

  /**
   * @param arguments address of the server, bucket, bytes of each of two volumes
   */
  public static void main(String[] arguments) throws Exception {
    long sizeBytes = Long.parseLong(arguments[2]);
    try (S3ObjectStore bucket = Buckets.connect(URI.create(arguments[0]), arguments[1])) {
      Repository repository =
          Repository.openOrCreate(
              Buckets.retrying(bucket),
              Optional.of("a passphrase"),
              InstantSource.system(),
              new SecureRandom());
      BackupSettings defaults = BackupSettings.DEFAULT;
      BackupSettings settings =
          new BackupSettings(
              defaults.workers(),
              defaults.packBytes(),
              INDEX_BYTES,
              defaults.lease(),
              defaults.codec());
      SharedBlobs shared = new SharedBlobs(INDEX_BYTES);
      together(task -> {
        BackupRequest.Volume volume =
            new BackupRequest.Volume(
                "data", "s", RandomVolume.source(sizeBytes, task), Optional.empty());
        BackupRequest request =
            new BackupRequest("part-" + task, "cut", List.of(volume), List.of());
        new BackupJob(repository, request, settings, new TransferProgress(), shared).run();
      });
      together(task ->
          new RestoreJob(
                  repository,
                  "part-" + task,
                  "data",
                  RandomVolume.target(sizeBytes, task),
                  settings.workers(),
                  new TransferProgress())
              .run());
    }
    System.out.println(heapPeak() + " " + residentPeak());
  }

  private static void together(Task work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(TASKS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int task = 1; task <= TASKS; task++) {
        int number = task;
        Callable<Void> call =
            () -> {
              work.run(number);
              return null;
            };
        running.add(threads.submit(call));
      }
      for (Future<?> task : running) {
        task.get();
      }
    }
  }

  private static long heapPeak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(MemoryProbe::peakOf)
        .sum();
  }

  private static long peakOf(MemoryPoolMXBean pool) {
    return pool.getPeakUsage().getUsed();
  }

  private static long residentPeak() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IllegalStateException("the kernel does not tell");
  }
}
