package io.mooring.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.mooring.s3server.S3Server;
import io.mooring.storage.backup.BackupJob;
import io.mooring.storage.backup.BackupRequest;
import io.mooring.storage.backup.BackupSettings;
import io.mooring.storage.backup.PruneJob;
import io.mooring.storage.backup.PruneSettings;
import io.mooring.storage.backup.Repository;
import io.mooring.storage.backup.RestoreJob;
import io.mooring.storage.backup.TransferProgress;
import io.mooring.storage.backup.VerifyJob;
import io.mooring.storage.backup.VerifyReport;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.fault.Fault;
import io.mooring.storage.backup.format.Codec;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.store.ObjectStore;
import io.mooring.storage.backup.store.Pause;
import io.mooring.storage.backup.store.RetryPolicy;
import io.mooring.storage.backup.store.RetryingStore;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server in a process of its own. */
class S3RepositoryIT {

  private static final Optional<String> PASSPHRASE = Optional.of("a secret");
  private static final BackupSettings SETTINGS =
      new BackupSettings(3, Limits.PACK_BYTES_MIN, 1 << 20, Duration.ofHours(1), Codec.ZSTD);

  @TempDir private static Path folder;
  private static S3Server server;

  @BeforeAll
  static void startServer() throws IOException {
    server = S3Server.start(folder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static S3ObjectStore store(String bucket, String secret) {
    return S3ObjectStore.connect(
        new S3Location(server.endpoint(), "us-east-1", bucket, "some/prefix/"),
        new S3Credentials(S3Server.ACCESS_KEY, secret),
        Duration.ofSeconds(20));
  }

  private static S3ObjectStore store(String bucket) throws IOException {
    server.bucket(bucket);
    return store(bucket, S3Server.SECRET_KEY);
  }

  @Test
  void backupGoesThereAndBackAndCanBeDeleted() throws Exception {
    try (S3ObjectStore bucket = store("there-and-back")) {
      RetryingStore store =
          new RetryingStore(bucket, RetryPolicy.DEFAULT, Pause.SLEEP, new SecureRandom());
      Repository repository =
          Repository.create(store, PASSPHRASE, 1000, InstantSource.system(), new SecureRandom());
      ArrayVolume source = ArrayVolume.random(40 << 20, 1);
      BackupRequest.Volume volume =
          new BackupRequest.Volume("data-0", "snap-1", source, Optional.empty());
      BackupRequest request = new BackupRequest("first", "cut-1", List.of(volume), List.of());
      new BackupJob(repository, request, SETTINGS, new TransferProgress()).run();

      VerifyReport report =
          new VerifyJob(repository, "first", 1, 0, 3, new TransferProgress()).run();
      ArrayVolume target = new ArrayVolume(40 << 20);
      new RestoreJob(repository, "first", "data-0", target, 3, new TransferProgress()).run();

      assertThat(report.isGood()).isTrue();
      assertThat(target.content()).isEqualTo(source.content());
      assertThat(packs("there-and-back")).isGreaterThan(10);

      repository.delete("first", "test");
      prune(store, Instant.now());
      prune(store, Instant.now().plus(Duration.ofDays(2)));
      assertThat(packs("there-and-back")).isZero();
    }
  }

  private static void prune(ObjectStore store, Instant now) throws BackupException {
    Repository repository = Repository.open(store, PASSPHRASE, () -> now, new SecureRandom());
    new PruneJob(repository, PruneSettings.DEFAULT).run();
  }

  private static long packs(String bucket) throws IOException {
    try (Stream<Path> files = Files.walk(server.bucket(bucket))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("/packs/"))
          .count();
    }
  }

  @Test
  void oneOfManyConditionalPutsWins() throws Exception {
    try (S3ObjectStore store = store("conditional");
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> puts =
          IntStream.range(0, 16)
              .<Callable<Boolean>>mapToObj(
                  i -> () -> store.putIfAbsent("name", ByteBuffer.wrap(new byte[] {(byte) i})))
              .toList();
      int winners = 0;
      for (Future<Boolean> put : threads.invokeAll(puts)) {
        winners += put.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
      assertThat(store.get("name")).hasSize(1);
    }
  }

  @Test
  void listsMoreThanOnePage() throws Exception {
    try (S3ObjectStore many = store("many")) {
      // A server may close a connection at any time, as it does here under load.
      RetryingStore store =
          new RetryingStore(many, RetryPolicy.DEFAULT, Pause.SLEEP, new SecureRandom());
      for (int i = 0; i < 1003; i++) {
        store.put("list/" + i, ByteBuffer.wrap(new byte[i % 7]));
      }
      long[] seen = new long[2];
      store.list(
          "list/",
          object -> {
            seen[0]++;
            seen[1] += object.sizeBytes();
          });
      assertThat(seen[0]).isEqualTo(1003);
      assertThat(seen[1]).isEqualTo(IntStream.range(0, 1003).mapToLong(i -> i % 7).sum());
    }
  }

  @Test
  void faultsAreToldApart() throws Exception {
    try (S3ObjectStore good = store("faults");
        S3ObjectStore nowhere = store("no-such-bucket", S3Server.SECRET_KEY);
        S3ObjectStore stranger = store("faults", "not the secret")) {
      good.put("short", ByteBuffer.wrap(new byte[10]));
      assertFault(Fault.OBJECT_MISSING, () -> good.get("absent"));
      assertFault(Fault.OBJECT_TRUNCATED, () -> good.getRange("short", 5, 10));
      assertFault(Fault.OBJECT_TRUNCATED, () -> good.getRange("short", 50, 10));
      assertFault(Fault.NO_BUCKET, () -> nowhere.get("anything"));
      assertFault(Fault.DENIED, () -> stranger.get("short"));
      good.delete("absent");
    }
  }

  @Test
  void silentAndDeadServersAreWorthAnotherTry() throws Exception {
    try (S3ObjectStore dead =
        S3ObjectStore.connect(
            new S3Location(URI.create("http://127.0.0.1:1"), "any", "bucket", ""),
            new S3Credentials("a", "b"),
            Duration.ofSeconds(2))) {
      assertFault(Fault.STORE_UNAVAILABLE, () -> dead.get("anything"));
    }
    try (ServerSocket silent = new ServerSocket(0);
        S3ObjectStore store =
            S3ObjectStore.connect(
                new S3Location(
                    URI.create("http://127.0.0.1:" + silent.getLocalPort()), "any", "bucket", ""),
                new S3Credentials("a", "b"),
                Duration.ofMillis(300))) {
      assertFault(Fault.STORE_TIMEOUT, () -> store.get("anything"));
    }
  }

  @Test
  void aServerThatDoesNotTakeAnObjectIsGivenUp() throws Exception {
    // Its socket takes what fits into the buffers of the system, and then nothing more.
    try (ServerSocket deaf = new ServerSocket(0);
        S3ObjectStore store =
            S3ObjectStore.connect(
                new S3Location(
                    URI.create("http://127.0.0.1:" + deaf.getLocalPort()), "any", "bucket", ""),
                new S3Credentials("a", "b"),
                Duration.ofMillis(500),
                1 << 30)) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () ->
              assertFault(
                  Fault.STORE_TIMEOUT,
                  () -> store.put("large", ByteBuffer.allocate(Limits.PACK_BYTES_MAX))));
    }
  }

  private static void assertFault(Fault fault, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(InstanceOfAssertFactories.type(BackupException.class))
        .extracting(BackupException::fault)
        .isEqualTo(fault);
  }
}
