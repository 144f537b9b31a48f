package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.blockstore.ReplicaSnapshots;
import io.mooring.storage.blockstore.SnapshotReader;
import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of volumes with real files and sockets, the catalogue in memory. */
@Timeout(60)
class SnapshotIT {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final VolumeId OTHER = new VolumeId("vol-ba9876543210");
  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final ReplicaId R2 = new ReplicaId("r2");
  private static final SnapshotId S1 = new SnapshotId("s1");
  private static final SnapshotId S2 = new SnapshotId("s2");
  private static final long SIZE = 64L << 20;
  private static final int BLOCK = 4096;
  private static final int BLOCKS = (int) (SIZE / BLOCK);

  @TempDir Path directory;
  private TestNode n1;
  private TestNode n2;
  private final List<InMemoryCatalogue> catalogues = new ArrayList<>();
  private VolumeHead head;
  private NbdClient client;

  @BeforeEach
  void start() throws IOException {
    n1 = TestNode.start(directory.resolve("n1"));
    n2 = TestNode.start(directory.resolve("n2"));
    head = open(VOLUME);
    client = n1.export(head);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    n1.close();
    n2.close();
    catalogues.forEach(InMemoryCatalogue::close);
  }

  @Test
  void bothReplicasHoldOneMomentOfWhatIsBeingWritten() throws Exception {
    AtomicInteger counter = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> countUp(counter, stop));
    Awaitility.await().until(() -> counter.get() > 500);
    int before = counter.get();
    Outcome.Taken taken = head.snapshot(S1).get(10, TimeUnit.SECONDS);
    int after = counter.get();
    Awaitility.await().until(() -> counter.get() > after + 500);
    stop.set(true);
    writer.join();

    assertThat(taken).isEqualTo(new Outcome.Taken(SIZE, List.of(R1, R2)));
    byte[] first = content(reader(n1, R1, S1));
    assertThat(content(reader(n2, R2, S1))).isEqualTo(first);
    // Block n holds the highest number that was written to it; each was acknowledged before the
    // next was sent, so a moment is a prefix of the numbers.
    int newest = 0;
    for (int block = 0; block < BLOCKS; block++) {
      newest = Math.max(newest, number(first, block));
    }
    assertThat(newest).isBetween(before, after + 1);
    for (int block = 0; block < BLOCKS; block++) {
      assertThat(number(first, block)).isEqualTo(newestIn(block, newest));
    }
  }

  private void countUp(AtomicInteger counter, AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        int next = counter.get() + 1;
        ByteBuffer data = ByteBuffer.allocateDirect(BLOCK).putInt(0, next);
        client.write((long) blockOf(next) * BLOCK, data, false).get(10, TimeUnit.SECONDS);
        counter.set(next);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static int blockOf(int number) {
    return number % 97;
  }

  private static int newestIn(int block, int newest) {
    if (block >= 97) {
      return 0;
    }
    int number = newest - Math.floorMod(newest - block, 97);
    return Math.max(0, number);
  }

  private static int number(byte[] content, int block) {
    return ByteBuffer.wrap(content).getInt(block * BLOCK);
  }

  @Test
  void aSnapshotIsExportedReadOnlyAndSparse() throws Exception {
    write(0, 16, 1);
    head.snapshot(S1).get(10, TimeUnit.SECONDS);
    write(0, 32, 2);
    n1.nbd.publish(new NbdExport("snapshot", "test", new SnapshotExport(reader(n1, R1, S1)), true));
    Path copy = directory.resolve("copy");
    run("nbdcopy", "nbd://127.0.0.1:%d/snapshot".formatted(n1.nbdPort()), copy.toString());

    assertThat(Files.size(copy)).isEqualTo(SIZE);
    byte[] copied = Files.readAllBytes(copy);
    assertThat(copied).isEqualTo(content(reader(n1, R1, S1)));
    assertThat(number(copied, 15)).isEqualTo(1);
    assertThat(number(copied, 16)).isZero();
    assertThat(blocksOnDisk(copy)).isLessThan(BLOCKS / 10);
  }

  private static long blocksOnDisk(Path file) throws Exception {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    String blocks = new String(stat.getInputStream().readAllBytes()).strip();
    return Long.parseLong(blocks) * 512 / BLOCK;
  }

  @Test
  void aReplicaThatWasAwayHoldsNoSnapshotAndItsResyncChangesNone() throws Exception {
    write(0, 64, 1);
    head.snapshot(S1).get(10, TimeUnit.SECONDS);
    InMemoryCatalogue catalogue = catalogues.getFirst();
    n2.close();
    write(0, 16, 2);
    Outcome.Taken taken = head.snapshot(S2).get(20, TimeUnit.SECONDS);
    assertThat(taken.holders()).containsExactly(R1);
    byte[] expected = content(reader(n1, R1, S1));
    write(8, 32, 3);

    n2 = TestNode.start(directory.resolve("n2"));
    catalogue.move(R2, n2.storage.replicationAddress());
    head.catalogueChanged(catalogue.view());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> catalogue.view().membership().isInSync(R2));

    assertThat(content(reader(n2, R2, S1))).isEqualTo(expected);
    assertThat(ids(n2, R2)).containsExactly(S1);
    assertThat(ids(n1, R1)).containsExactly(S1, S2);
  }

  @Test
  void aVolumeIsRestoredThroughItsHeadOnEveryReplica() throws Exception {
    write(0, 64, 1);
    head.snapshot(S1).get(10, TimeUnit.SECONDS);
    byte[] expected = content(reader(n1, R1, S1));
    write(32, 128, 2);
    head.snapshot(S2).get(10, TimeUnit.SECONDS);

    long written = new SnapshotCopy(head).restore(snapshots(n1, R1), S1);

    assertThat(written).isEqualTo(128L * BLOCK);
    assertThat(all()).isEqualTo(expected);
    head.snapshot(new SnapshotId("s3")).get(10, TimeUnit.SECONDS);
    assertThat(content(reader(n2, R2, new SnapshotId("s3")))).isEqualTo(expected);
    assertThat(number(content(reader(n2, R2, S2)), 32)).isEqualTo(2);
  }

  @Test
  void aSnapshotBecomesANewVolume() throws Exception {
    write(0, 64, 1);
    head.snapshot(S1).get(10, TimeUnit.SECONDS);
    write(0, 64, 2);
    VolumeHead copy = open(OTHER);

    long written = new SnapshotCopy(copy).fill(reader(n1, R1, S1));

    assertThat(written).isEqualTo(64L * BLOCK);
    try (NbdClient other = n1.export(copy)) {
      ByteBuffer read = ByteBuffer.allocateDirect(64 * BLOCK);
      other.read(0, read).get(10, TimeUnit.SECONDS);
      assertThat(read.getInt(0)).isEqualTo(1);
      assertThat(read.getInt(63 * BLOCK)).isEqualTo(1);
    }
  }

  @Test
  void changesBetweenSnapshotsAreKnown() throws Exception {
    write(0, 64, 1);
    head.snapshot(S1).get(10, TimeUnit.SECONDS);
    write(10, 5, 2);
    client.zero(20L * BLOCK, 4L * BLOCK, true, false).get(10, TimeUnit.SECONDS);
    head.snapshot(S2).get(10, TimeUnit.SECONDS);
    write(40, 3, 3);

    List<String> changed = new ArrayList<>();
    reader(n2, R2, S2)
        .visitChangedSince(
            S1, 0, SIZE, (offset, length) -> changed.add(offset / BLOCK + "+" + length / BLOCK));
    List<String> since = new ArrayList<>();
    snapshots(n2, R2)
        .visitChangedSince(
            S2, 0, SIZE, (offset, length) -> since.add(offset / BLOCK + "+" + length / BLOCK));

    assertThat(changed).containsExactly("10+5", "20+4");
    assertThat(since).containsExactly("40+3");
  }

  @Test
  void writesWaitWhileTheVolumeIsHeldAndGoOnByThemselves() throws Exception {
    write(0, 1, 1);
    HeldWrites held = head.hold().get(10, TimeUnit.SECONDS);
    CompletableFuture<Void> waiting =
        client.write(0, ByteBuffer.allocateDirect(BLOCK).putInt(0, 2), false);
    held.snapshot(S1).get(10, TimeUnit.SECONDS);
    waiting.get(10, TimeUnit.SECONDS);
    assertThat(number(content(reader(n1, R1, S1)), 0)).isEqualTo(1);

    HeldWrites forgotten = head.hold().get(10, TimeUnit.SECONDS);
    client
        .write(0, ByteBuffer.allocateDirect(BLOCK).putInt(0, 3), false)
        .get(10, TimeUnit.SECONDS); // nobody has released it
    assertThatThrownBy(() -> forgotten.snapshot(S2).get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SnapshotNotTakenException.class)
        .hasMessageContaining("not held any more");
    assertThat(ids(n1, R1)).containsExactly(S1);
  }

  @Test
  void deletedSnapshotsGiveTheirSpaceBackWhileTheVolumeIsWritten() throws Exception {
    write(0, 512, 1);
    head.snapshot(S1).get(10, TimeUnit.SECONDS);
    write(0, 512, 2);
    for (TestNode node : List.of(n1, n2)) {
      ReplicaId replica = node == n1 ? R1 : R2;
      assertThat(snapshots(node, replica).delete(S1)).isTrue();
    }
    write(256, 512, 3);
    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(host(n1, R1).allocatedBytes()).isEqualTo(768L * BLOCK);
          assertThat(host(n2, R2).allocatedBytes()).isEqualTo(768L * BLOCK);
        });
    byte[] now = all();
    assertThat(number(now, 0)).isEqualTo(2);
    assertThat(number(now, 767)).isEqualTo(3);
  }

  private VolumeHead open(VolumeId volume) throws IOException {
    InMemoryCatalogue catalogue = new InMemoryCatalogue(volume, SIZE);
    catalogues.add(catalogue);
    n1.storage.replicas().create(TestNode.POOL, volume, R1, SIZE);
    n2.storage.replicas().create(TestNode.POOL, volume, R2, SIZE);
    catalogue.add(R1, true, n1.storage.replicationAddress());
    catalogue.add(R2, true, n2.storage.replicationAddress());
    return n1.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
  }

  private void write(int firstBlock, int count, int number) throws Exception {
    ByteBuffer data = ByteBuffer.allocateDirect(count * BLOCK);
    for (int i = 0; i < count; i++) {
      data.putInt(i * BLOCK, number);
    }
    client.write((long) firstBlock * BLOCK, data, false).get(20, TimeUnit.SECONDS);
  }

  private byte[] all() throws Exception {
    byte[] all = new byte[(int) SIZE];
    ByteBuffer part = ByteBuffer.allocateDirect(1 << 20);
    for (int offset = 0; offset < SIZE; offset += part.capacity()) {
      client.read(offset, part.clear()).get(10, TimeUnit.SECONDS);
      part.clear().get(all, offset, part.capacity());
    }
    return all;
  }

  private static ReplicaHost host(TestNode node, ReplicaId replica) {
    return node.storage.replicas().find(VOLUME, replica).orElseThrow();
  }

  private static ReplicaSnapshots snapshots(TestNode node, ReplicaId replica) {
    return host(node, replica).snapshots();
  }

  private static SnapshotReader reader(TestNode node, ReplicaId replica, SnapshotId snapshot)
      throws IOException {
    return snapshots(node, replica).open(snapshot);
  }

  private static List<SnapshotId> ids(TestNode node, ReplicaId replica) {
    return snapshots(node, replica).list().stream().map(ReplicaSnapshots.Held::id).toList();
  }

  private static byte[] content(SnapshotReader reader) throws IOException {
    ByteBuffer all = ByteBuffer.allocateDirect((int) reader.sizeBytes());
    reader.read(0, MemorySegment.ofBuffer(all));
    byte[] bytes = new byte[all.capacity()];
    all.get(bytes);
    return bytes;
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }
}
