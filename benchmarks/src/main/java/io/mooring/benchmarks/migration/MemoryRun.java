package io.mooring.benchmarks.migration;

import io.mooring.benchmarks.migration.MigrationResult.MemoryRow;
import io.mooring.localcluster.Progress;
import io.mooring.s3server.S3Server;
import io.mooring.storage.s3.S3ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What memory it takes to send and to fetch, by the size of the volumes. */
final class MemoryRun {

  /** What the migrator demands for its defaults, without the service around them. */
  private static final int HEAP_MIB = 336;

  private final S3Server server;
  private final Progress progress;

  MemoryRun(S3Server server, Progress progress) {
    this.server = server;
    this.progress = progress;
  }

  List<MemoryRow> run(List<Integer> gigabytes) throws IOException, InterruptedException {
    List<MemoryRow> rows = new ArrayList<>();
    for (int size : gigabytes) {
      progress.say("memory for volumes of %d GiB".formatted(size));
      String bucket = "memory-%d".formatted(size);
      server.bucket(bucket);
      String[] told = probe(bucket, (long) size << 30).split(" ");
      rows.add(
          new MemoryRow(
              (long) size << 30,
              (long) HEAP_MIB << 20,
              Long.parseLong(told[0]),
              Long.parseLong(told[1])));
      try (S3ObjectStore store = Buckets.connect(server.endpoint(), bucket)) {
        Buckets.empty(store);
      }
    }
    return rows;
  }

  private String probe(String bucket, long sizeBytes) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx%dm".formatted(HEAP_MIB),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryProbe.class.getName(),
                server.endpoint().toString(),
                bucket,
                Long.toString(sizeBytes))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread end = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(end);
    try {
      String told =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException("%d bytes did not pass through the heap".formatted(sizeBytes));
      }
      return told.substring(told.lastIndexOf('\n') + 1);
    } finally {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(end);
    }
  }
}
