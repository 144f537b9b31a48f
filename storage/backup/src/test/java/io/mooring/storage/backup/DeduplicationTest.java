package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.Codec;
import io.mooring.storage.backup.format.Limits;
import io.mooring.storage.backup.format.RootObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replicas of a partition are found again on other brokers, compression not counted. */
class DeduplicationTest {

  @ParameterizedTest
  @CsvSource({"2, 0.55", "3, 0.40"})
  void replicasAreStoredOnce(int replicationFactor, double most) throws Exception {
    List<MemoryVolume> brokers = new LogVolumes(7, 32 << 20).make(replicationFactor, 3, 60 << 20);
    List<BackupRequest.Volume> volumes = new ArrayList<>();
    for (int i = 0; i < brokers.size(); i++) {
      volumes.add(new BackupRequest.Volume("broker-" + i, "s", brokers.get(i), Optional.empty()));
    }
    Repository repository = Samples.create(new MemoryStore());
    BackupRequest request = new BackupRequest("replicas", "cut", volumes, List.of());
    RootObject.Complete root =
        new BackupJob(repository, request, Samples.SETTINGS, new TransferProgress()).run();

    double ratio = (double) distinctBytes(repository, List.of(root)) / root.contentBytes();
    System.out.printf("RF %d: stored %.3f of what is held%n", replicationFactor, ratio);
    assertThat(ratio).isLessThanOrEqualTo(most).isGreaterThan(0.9 / replicationFactor);
  }

  /** Each volume is a backup of its own, as tasks of a migrator are, and all are sent at once. */
  @Test
  void volumesThatAreSentAtTheSameTimeFindEachOther() throws Exception {
    List<MemoryVolume> brokers = new LogVolumes(8, 32 << 20).make(3, 3, 40 << 20);
    Repository repository = Samples.create(new MemoryStore());
    SharedBlobs shared = new SharedBlobs(16 << 20);
    List<RootObject.Complete> roots = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(brokers.size())) {
      List<Future<RootObject.Complete>> parts = new ArrayList<>();
      for (int i = 0; i < brokers.size(); i++) {
        BackupRequest request =
            new BackupRequest(
                "part-" + i,
                "cut",
                List.of(new BackupRequest.Volume("broker", "s", brokers.get(i), Optional.empty())),
                List.of());
        BackupJob job =
            new BackupJob(repository, request, Samples.SETTINGS, new TransferProgress(), shared);
        parts.add(threads.submit(job::run));
      }
      for (Future<RootObject.Complete> part : parts) {
        roots.add(part.get());
      }
    }
    long content = roots.stream().mapToLong(RootObject.Complete::contentBytes).sum();
    double ratio = (double) distinctBytes(repository, roots) / content;
    System.out.printf("RF 3, three at once: stored %.3f of what is held%n", ratio);
    // Alone each would store all of its own: 1.
    assertThat(ratio).isLessThan(0.6);
    for (int i = 0; i < brokers.size(); i++) {
      MemoryVolume target = new MemoryVolume((int) brokers.get(i).sizeBytes());
      new RestoreJob(repository, "part-" + i, "broker", target, 2, new TransferProgress()).run();
      assertThat(target.hasContentOf(brokers.get(i))).isTrue();
    }
  }

  /** What a store holds tells for itself how it is compressed, so writers may differ. */
  @Test
  void whatIsStoredOnceIsFoundByWritersThatCompressOtherwise() throws Exception {
    MemoryStore store = new MemoryStore();
    Repository repository = Samples.create(store);
    MemoryVolume log = new LogVolumes(9, 8 << 20).make(1, 1, 12 << 20).getFirst();
    TransferProgress plain = send(repository, "plain", log, Codec.NONE);
    TransferProgress again = send(repository, "again", log, Codec.ZSTD);
    TransferProgress packed = send(Samples.create(new MemoryStore()), "packed", log, Codec.ZSTD);

    long content = repository.backup("plain").contentBytes();
    assertThat(plain.reading().movedBytes()).isGreaterThan(content);
    assertThat(packed.reading().movedBytes()).isLessThan(content * 9 / 10);
    assertThat(again.reading().movedBytes()).isLessThan(content / 20);
    for (String backup : List.of("plain", "again")) {
      MemoryVolume target = new MemoryVolume((int) log.sizeBytes());
      Samples.restore(repository, backup, target);
      assertThat(target.hasContentOf(log)).isTrue();
    }
  }

  private static TransferProgress send(
      Repository repository, String name, VolumeSource volume, Codec codec) throws Exception {
    TransferProgress progress = new TransferProgress();
    BackupSettings settings =
        new BackupSettings(1, Limits.PACK_BYTES_MIN, 1 << 20, Duration.ofHours(1), codec);
    new BackupJob(repository, Samples.request(name, volume), settings, progress).run();
    return progress;
  }

  private static long distinctBytes(Repository repository, List<RootObject.Complete> roots)
      throws Exception {
    Set<BlobRef> chunks = new HashSet<>();
    BackupTree.Visitor visitor =
        new BackupTree.Visitor() {
          @Override
          public void blob(BlobRef ref) {}

          @Override
          public boolean page(BlobRef ref) {
            return true;
          }

          @Override
          public void chunk(BlobRef ref) {
            chunks.add(ref);
          }
        };
    for (RootObject.Complete root : roots) {
      new BackupTree(new BlobReader(repository)).walk(root, visitor);
    }
    return chunks.stream().mapToLong(BlobRef::plainBytes).sum();
  }
}
