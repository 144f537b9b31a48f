package io.mooring.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.backup.format.BlobRef;
import io.mooring.storage.backup.format.RootObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    double ratio = (double) distinctBytes(repository, root) / root.contentBytes();
    System.out.printf("RF %d: stored %.3f of what is held%n", replicationFactor, ratio);
    assertThat(ratio).isLessThanOrEqualTo(most).isGreaterThan(0.9 / replicationFactor);
  }

  private static long distinctBytes(Repository repository, RootObject.Complete root)
      throws Exception {
    Set<BlobRef> chunks = new HashSet<>();
    new BackupTree(new BlobReader(repository))
        .walk(
            root,
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
            });
    return chunks.stream().mapToLong(BlobRef::plainBytes).sum();
  }
}
