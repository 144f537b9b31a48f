package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Volumes with real files and sockets: nodes in one process, the catalogue in memory. */
@Timeout(60)
class VolumeIT {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final ReplicaId R2 = new ReplicaId("r2");
  private static final long SIZE = 256L << 20;
  private static final int BLOCK = 4096;

  @TempDir Path directory;
  private TestNode n1;
  private TestNode n2;
  private InMemoryCatalogue catalogue;

  @BeforeEach
  void start() throws IOException {
    n1 = TestNode.start(directory.resolve("n1"));
    n2 = TestNode.start(directory.resolve("n2"));
    catalogue = new InMemoryCatalogue(VOLUME, SIZE);
    n1.storage.replicas().create(TestNode.POOL, VOLUME, R1, SIZE);
    n2.storage.replicas().create(TestNode.POOL, VOLUME, R2, SIZE);
    catalogue.add(R1, true, n1.storage.replicationAddress());
    catalogue.add(R2, true, n2.storage.replicationAddress());
  }

  @AfterEach
  void stop() throws IOException {
    n1.close();
    n2.close();
    catalogue.close();
  }

  @Test
  void whatIsWrittenIsOnBothReplicas() throws Exception {
    VolumeHead head = open(n1);
    Random random = new Random(1);
    try (NbdClient client = n1.export(head)) {
      List<CompletableFuture<Void>> writes = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        writes.add(
            client.write(
                random.nextInt((int) (SIZE / BLOCK)) * (long) BLOCK, bytes(random), false));
      }
      for (CompletableFuture<Void> write : writes) {
        write.get(10, TimeUnit.SECONDS);
      }
      client.flush().get(10, TimeUnit.SECONDS);
      ByteBuffer pattern = bytes(random);
      client.write(BLOCK, pattern.duplicate(), false).get(10, TimeUnit.SECONDS);
      assertThat(read(client, BLOCK, BLOCK)).isEqualTo(pattern);
    }
    head.close().get(10, TimeUnit.SECONDS);
    assertReplicasEqual();
  }

  @Test
  void aLostReplicaHoldsAcknowledgementsUntilTheCatalogueAnswersAndReturnsByItsDelta()
      throws Exception {
    VolumeHead head = open(n1);
    try (NbdClient client = n1.export(head)) {
      fill(client, 64 << 20);
      catalogue.silent(true);
      n2.close();
      CompletableFuture<Void> held = client.write(0, bytes(new Random(2)), false);
      await(catalogue.events, event -> event.startsWith("lost r2"));
      assertThat(held).isNotDone(); // I3

      catalogue.silent(false);
      held.get(10, TimeUnit.SECONDS);
      writeRandomly(client, 50, 3);
      client.flush().get(10, TimeUnit.SECONDS);

      n2 = TestNode.start(directory.resolve("n2"));
      catalogue.move(R2, n2.storage.replicationAddress());
      head.catalogueChanged(catalogue.view());
      writeRandomly(client, 50, 4);
      String report = await(catalogue.events, event -> event.startsWith("caught up r2"));
      assertThat(number(report, "copied")).isBetween(1L, 16L << 20);
      assertThat(number(report, "held")).isGreaterThanOrEqualTo(64L << 20);
      awaitInSync(R2);
      writeRandomly(client, 50, 5);
    }
    head.close().get(10, TimeUnit.SECONDS);
    assertReplicasEqual();
  }

  @Test
  void moreThanFitsIntoMemoryIsWrittenWhileAcknowledgementsAreHeld() throws Exception {
    VolumeHead head = open(n1);
    catalogue.silent(true);
    n2.close();
    CountDownLatch done = new CountDownLatch(96);
    Thread client =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              ByteBuffer data = ByteBuffer.allocateDirect(1 << 20);
              for (long i = 0; i < 96; i++) {
                head.write(i << 20, data.duplicate(), false, (_, _) -> done.countDown(), false);
              }
            });
    // It is said again every second: by the third time the client has waited for room for a while.
    for (int said = 0; said < 3; said++) {
      await(catalogue.events, event -> event.startsWith("lost r2"));
    }
    assertThat(client.getState()).isEqualTo(Thread.State.WAITING);
    assertThat(done.getCount()).isEqualTo(96); // I3

    catalogue.silent(false);
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    head.close().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aHeadOfAHigherEpochFencesTheOldOne() throws Exception {
    VolumeHead old = open(n1);
    try (NbdClient oldClient = n1.export(old)) {
      oldClient.write(0, bytes(new Random(1)), false).get(10, TimeUnit.SECONDS);
      VolumeHead next = open(n2);
      try (NbdClient client = n2.export(next)) {
        ByteBuffer pattern = bytes(new Random(2));
        client.write(0, pattern.duplicate(), false).get(10, TimeUnit.SECONDS);
        assertThat(oldClient.write(0, bytes(new Random(3)), false)) // I2
            .failsWithin(20, TimeUnit.SECONDS);
        assertThat(oldClient.read(0, ByteBuffer.allocateDirect(BLOCK)))
            .failsWithin(20, TimeUnit.SECONDS);
        assertThat(old.state()).isInstanceOf(HeadState.Fenced.class);
        assertThat(read(client, 0, BLOCK)).isEqualTo(pattern);
      }
      next.close().get(10, TimeUnit.SECONDS);
    }
    assertReplicasEqual();
  }

  @Test
  void anEpochFromTheCatalogueIsPromisedAndEndsTheStreams() throws Exception {
    VolumeHead head = open(n1);
    try (NbdClient client = n1.export(head)) {
      client.write(0, bytes(new Random(1)), false).get(10, TimeUnit.SECONDS);
      n2.storage.replicas().find(VOLUME, R2).orElseThrow().learnEpoch(catalogue.publish().epoch());
      await(n2.events, "promised r2 2.0"::equals);
      assertThat(client.write(0, bytes(new Random(3)), false)).failsWithin(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aVolumeWithoutAReplicaOnItsNodeOutlivesARestartOfItsOnlyMember() throws Exception {
    catalogue.add(R1, false, n1.storage.replicationAddress());
    n1.storage.replicas().delete(TestNode.POOL, VOLUME, R1);
    VolumeHead head = open(n1);
    try (NbdClient client = n1.export(head)) {
      fill(client, 4 << 20);
      n2.close();
      ByteBuffer pattern = bytes(new Random(6));
      CompletableFuture<Void> waiting = client.write(BLOCK, pattern.duplicate(), false);
      await(catalogue.events, event -> event.contains("Suspended"));
      n2 = TestNode.start(directory.resolve("n2"));
      catalogue.move(R2, n2.storage.replicationAddress());
      head.catalogueChanged(catalogue.view());
      waiting.get(20, TimeUnit.SECONDS);
      assertThat(read(client, BLOCK, BLOCK)).isEqualTo(pattern);
      assertThat(read(client, 0, 4 << 20).remaining()).isEqualTo(4 << 20);
    }
    head.close().get(10, TimeUnit.SECONDS);
  }

  @Test
  void theNextRunOfAnEpochHasTheNextSession() throws Exception {
    VolumeHead head = open(n1);
    assertThat(head.promise()).isEqualTo(Promise.of(1, 1));
    try (NbdClient client = n1.export(head)) {
      fill(client, 1 << 20);
    }
    catalogue.silent(true); // or the losses of the run before take members out of the set
    VolumeHead resumed = n1.storage.resume(VOLUME, catalogue).orElseThrow();
    assertThat(resumed.promise()).isEqualTo(Promise.of(1, 2));
    assertThat(resumed.sizeBytes()).isEqualTo(SIZE);
    try (NbdClient client = n1.export(resumed)) {
      assertThat(read(client, 0, 1 << 20).remaining()).isEqualTo(1 << 20);
    }
    resumed.close().get(10, TimeUnit.SECONDS);
    await(catalogue.events, event -> event.startsWith("1.1 Fenced"));
    assertReplicasEqual();
  }

  @Test
  void aVolumeGrowsOnAllMembersBeforeItShowsItsSize() throws Exception {
    VolumeHead head = open(n1);
    head.grow(2 * SIZE).get(10, TimeUnit.SECONDS);
    assertThat(head.sizeBytes()).isEqualTo(2 * SIZE);
    assertThat(n1.data(VOLUME, R1)).hasSize(2 * SIZE);
    assertThat(n2.data(VOLUME, R2)).hasSize(2 * SIZE);
    try (NbdClient client = n1.export(head)) {
      client.write(2 * SIZE - BLOCK, bytes(new Random(1)), true).get(10, TimeUnit.SECONDS);
    }
    head.close().get(10, TimeUnit.SECONDS);
    assertReplicasEqual();
  }

  @Test
  void zeroedRangesTakeNoSpaceOnAnyReplica() throws Exception {
    VolumeHead head = open(n1);
    try (NbdClient client = n1.export(head)) {
      fill(client, 8 << 20);
      client.trim(1 << 20, 4 << 20, false).get(10, TimeUnit.SECONDS);
      assertThat(read(client, 1 << 20, 1 << 20)).isEqualTo(ByteBuffer.allocate(1 << 20));
      assertThat(client.blockStatus(0, 8 << 20).get(10, TimeUnit.SECONDS))
          .containsExactly(
              new Extent(1 << 20, Extent.Allocation.DATA),
              new Extent(4 << 20, Extent.Allocation.HOLE),
              new Extent(3 << 20, Extent.Allocation.DATA));
    }
    head.close().get(10, TimeUnit.SECONDS);
    for (TestNode node : List.of(n1, n2)) {
      assertThat(node.storage.replicas().hosts().getFirst().allocatedBytes()).isEqualTo(4L << 20);
    }
    assertReplicasEqual();
  }

  @Test
  void aJoiningReplicaIsFilledWhileTheVolumeIsWritten() throws Exception {
    ReplicaId r3 = new ReplicaId("r3");
    try (TestNode n3 = TestNode.start(directory.resolve("n3"))) {
      VolumeHead head = open(n1);
      try (NbdClient client = n1.export(head)) {
        fill(client, 32 << 20);
        n3.storage.replicas().create(TestNode.POOL, VOLUME, r3, SIZE);
        catalogue.add(r3, false, n3.storage.replicationAddress());
        head.catalogueChanged(catalogue.view());
        writeRandomly(client, 200, 7);
        awaitInSync(r3);
      }
      head.close().get(10, TimeUnit.SECONDS);
      assertReplicasEqual();
      assertThat(Files.mismatch(n1.data(VOLUME, R1), n3.data(VOLUME, r3))).isEqualTo(-1);
    }
  }

  @Test
  void writesThatWaitForACopyAreCarriedOutAfterIt() throws Exception {
    ReplicaId r3 = new ReplicaId("r3");
    try (TestNode n3 = TestNode.start(directory.resolve("n3"))) {
      VolumeHead head = open(n1);
      try (NbdClient client = n1.export(head)) {
        fill(client, 32 << 20);
        n3.storage.replicas().create(TestNode.POOL, VOLUME, r3, SIZE);
        catalogue.add(r3, false, n3.storage.replicationAddress());
        head.catalogueChanged(catalogue.view());
        for (long seed = 0; !catalogue.view().membership().inSync().contains(r3); seed++) {
          writeRandomly(client, 200, seed);
        }
      }
      head.close().get(10, TimeUnit.SECONDS);
      assertThat(Files.mismatch(n1.data(VOLUME, R1), n3.data(VOLUME, r3))).isEqualTo(-1);
    }
  }

  @Test
  void readsGoToAnotherMemberWhenTheLocalDiskFails() throws Exception {
    VolumeHead head = open(n1);
    try (NbdClient client = n1.export(head)) {
      fill(client, 4 << 20);
      ByteBuffer before = read(client, 1 << 20, 1 << 20);
      truncate(n1.data(VOLUME, R1), 1 << 20); // reads beyond fail from now on
      assertThat(read(client, 1 << 20, 1 << 20)).isEqualTo(before);
      await(catalogue.events, event -> event.startsWith("lost r1 UNREADABLE"));
      await(catalogue.events, "out r1"::equals);
      client.write(0, bytes(new Random(1)), true).get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void nbdcopyBringsAFileInAndOut() throws Exception {
    VolumeHead head = open(n1);
    Path file = directory.resolve("file");
    byte[] content = new byte[32 << 20];
    new Random(8).nextBytes(content);
    Files.write(file, content);
    try (NbdClient client = n1.export(head)) {
      assertThat(client.sizeBytes()).isEqualTo(SIZE);
      String uri = "nbd://127.0.0.1:%d/%s".formatted(n1.nbdPort(), n1.exportName(head));
      run("nbdcopy", "--flush", file.toString(), uri);
      Path copy = directory.resolve("copy");
      run("nbdcopy", uri, copy.toString());
      try (var copied = Files.newInputStream(copy)) {
        assertThat(copied.readNBytes(content.length)).isEqualTo(content);
      }
    }
    head.close().get(10, TimeUnit.SECONDS);
    assertReplicasEqual();
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static void truncate(Path path, long size) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.truncate(size);
    }
  }

  private VolumeHead open(TestNode node) throws IOException {
    return node.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
  }

  private void awaitInSync(ReplicaId replica) throws InterruptedException {
    await(catalogue.events, ("in " + replica)::equals);
  }

  private static void fill(NbdClient client, int length) throws Exception {
    Random random = new Random(0);
    for (int offset = 0; offset < length; offset += 1 << 20) {
      byte[] content = new byte[1 << 20];
      random.nextBytes(content);
      ByteBuffer data = ByteBuffer.allocateDirect(content.length).put(content).flip();
      client.write(offset, data, false).get(10, TimeUnit.SECONDS);
    }
    client.flush().get(10, TimeUnit.SECONDS);
  }

  private static void writeRandomly(NbdClient client, int count, long seed) throws Exception {
    Random random = new Random(seed);
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long offset = random.nextInt((32 << 20) / BLOCK) * (long) BLOCK;
      writes.add(client.write(offset, bytes(random), false));
    }
    for (CompletableFuture<Void> write : writes) {
      write.get(10, TimeUnit.SECONDS);
    }
  }

  private static long number(String report, String name) {
    String from = report.substring(report.indexOf(name + "=") + name.length() + 1);
    return Long.parseLong(from.split(" ")[0]);
  }

  private static ByteBuffer bytes(Random random) {
    byte[] content = new byte[BLOCK];
    random.nextBytes(content);
    return ByteBuffer.allocateDirect(BLOCK).put(content).flip();
  }

  private static ByteBuffer read(NbdClient client, long offset, int length) throws Exception {
    ByteBuffer into = ByteBuffer.allocateDirect(length);
    client.read(offset, into).get(10, TimeUnit.SECONDS);
    return into.clear();
  }

  private void assertReplicasEqual() throws IOException {
    assertThat(Files.mismatch(n1.data(VOLUME, R1), n2.data(VOLUME, R2))).isEqualTo(-1);
  }

  private static String await(BlockingQueue<String> events, Predicate<String> wanted)
      throws InterruptedException {
    List<String> seen = new ArrayList<>();
    while (true) {
      String event = events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("after %s", seen).isNotNull();
      if (wanted.test(event)) {
        return event;
      }
      seen.add(event);
    }
  }
}
