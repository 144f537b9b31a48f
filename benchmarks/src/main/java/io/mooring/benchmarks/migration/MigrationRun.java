package io.mooring.benchmarks.migration;

import io.mooring.benchmarks.migration.MigrationResult.Row;
import io.mooring.localcluster.Progress;
import io.mooring.s3server.S3Server;
import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.BackupSettings;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.RestoreJob;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.VerifyJob;
import io.mooring.storage.backup.VerifyReport;
import io.mooring.storage.backup.format.Codec;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.RootObject;
import io.mooring.storage.s3.S3ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sends the same volumes in several ways. Every copy that comes back is compared. */
final class MigrationRun {

  private static final String FIRST = "broker-0";

  private final S3Server server;
  private final Path directory;
  private final List<Path> images;
  private final int replicationFactor;
  private final int workers;
  private final Progress progress;

  MigrationRun(
      S3Server server,
      Path directory,
      List<Path> images,
      int replicationFactor,
      int workers,
      Progress progress) {
    this.server = server;
    this.directory = directory;
    this.images = images;
    this.replicationFactor = replicationFactor;
    this.workers = workers;
    this.progress = progress;
  }

  List<Row> run() throws IOException, InterruptedException {
    // The first backup warms the code up; its figures are not kept.
    backup("warm-up", Optional.empty(), Codec.ZSTD);
    Optional<String> secret = Optional.of("a passphrase");
    Row raw = backup("neither", Optional.empty(), Codec.NONE);
    Row packed = backup("compressed", Optional.empty(), Codec.ZSTD);
    Row sealed = backup("encrypted", secret, Codec.NONE);
    Row both = backup("both", secret, Codec.ZSTD);
    return List.of(plain(raw.heldBytes()), raw, packed, sealed, both);
  }

  private Row backup(String way, Optional<String> passphrase, Codec codec)
      throws IOException, InterruptedException {
    progress.say("backup, " + way);
    try (S3ObjectStore bucket = bucket(way)) {
      Repository repository =
          Repository.openOrCreate(
              Buckets.retrying(bucket), passphrase, InstantSource.system(), new SecureRandom());
      TransferProgress sending = new TransferProgress();
      long sendNanos = System.nanoTime();
      RootObject.Complete root = send(repository, codec, sending);
      sendNanos = System.nanoTime() - sendNanos;

      Path copy = directory.resolve("copy.img");
      long fetchNanos = System.nanoTime();
      try (FileVolume target = FileVolume.target(copy, root.volumes().getFirst().sizeBytes())) {
        new RestoreJob(repository, "bench", FIRST, target, workers, new TransferProgress()).run();
      }
      fetchNanos = System.nanoTime() - fetchNanos;
      compareAndDelete(copy);
      long firstBytes = contentOf(images.getFirst());
      // Chunks that several places refer to are read once, which tells how many are distinct.
      VerifyReport report =
          new VerifyJob(repository, "bench", 1, 0, workers, new TransferProgress()).run();
      if (!report.isGood()) {
        throw new IOException("the backup is damaged: " + report.damages());
      }
      Buckets.empty(bucket);
      return new Row(
          replicationFactor,
          way,
          root.contentBytes(),
          sending.reading().movedBytes(),
          (double) report.bytesRead() / root.contentBytes(),
          root.contentBytes() * 1e9 / sendNanos,
          firstBytes * 1e9 / fetchNanos);
    }
  }

  private RootObject.Complete send(Repository repository, Codec codec, TransferProgress sending)
      throws IOException {
    List<FileVolume> sources = new ArrayList<>();
    try {
      List<BackupRequest.Volume> volumes = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        sources.add(FileVolume.source(images.get(i)));
        volumes.add(new BackupRequest.Volume("broker-" + i, "s", sources.get(i), Optional.empty()));
      }
      BackupSettings settings =
          new BackupSettings(
              workers, Limits.PACK_BYTES_MAX, 64L << 20, BackupSettings.DEFAULT.lease(), codec);
      BackupRequest request = new BackupRequest("bench", "cut", volumes, List.of());
      return new BackupJob(repository, request, settings, sending).run();
    } finally {
      for (FileVolume source : sources) {
        source.close();
      }
    }
  }

  private Row plain(long heldBytes) throws IOException, InterruptedException {
    progress.say("plain copy");
    try (S3ObjectStore bucket = bucket("plain")) {
      PlainCopy copy = new PlainCopy(Buckets.retrying(bucket), workers);
      List<List<Long>> sent = new ArrayList<>();
      long sendNanos = System.nanoTime();
      for (int i = 0; i < images.size(); i++) {
        try (FileVolume source = FileVolume.source(images.get(i))) {
          sent.add(copy.send("broker-" + i, source));
        }
      }
      sendNanos = System.nanoTime() - sendNanos;
      Path back = directory.resolve("copy.img");
      long fetchNanos = System.nanoTime();
      try (FileVolume target = FileVolume.target(back, Files.size(images.getFirst()))) {
        copy.fetch(FIRST, sent.getFirst(), target);
      }
      fetchNanos = System.nanoTime() - fetchNanos;
      compareAndDelete(back);
      long pieces = sent.stream().mapToLong(List::size).sum();
      Buckets.empty(bucket);
      return new Row(
          replicationFactor,
          "plain copy",
          heldBytes,
          pieces * (16 << 20),
          1,
          heldBytes * 1e9 / sendNanos,
          contentOf(images.getFirst()) * 1e9 / fetchNanos);
    }
  }

  private S3ObjectStore bucket(String way) throws IOException {
    String bucket = "rf%d-%s".formatted(replicationFactor, way.replace(' ', '-'));
    server.bucket(bucket);
    return Buckets.connect(server.endpoint(), bucket);
  }

  /** Bytes in the image's blocks that are not zeros, in units of 4 KiB. */
  private static long contentOf(Path image) throws IOException {
    long blocks = 0;
    byte[] zeros = new byte[Limits.BLOCK_BYTES];
    byte[] bytes = new byte[1 << 20];
    try (FileVolume volume = FileVolume.source(image)) {
      for (long at = 0; at < volume.sizeBytes(); at += bytes.length) {
        int length = (int) Math.min(bytes.length, volume.sizeBytes() - at);
        volume.read(at, bytes, 0, length);
        for (int block = 0; block + zeros.length <= length; block += zeros.length) {
          blocks +=
              Arrays.equals(bytes, block, block + zeros.length, zeros, 0, zeros.length) ? 0 : 1;
        }
      }
    }
    return blocks * Limits.BLOCK_BYTES;
  }

  private void compareAndDelete(Path copy) throws IOException {
    long difference = Files.mismatch(images.getFirst(), copy);
    if (difference >= 0) {
      throw new IOException("the copy differs at " + difference);
    }
    Files.delete(copy);
  }
}
