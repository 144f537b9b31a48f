package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the return of a replica costs whose agent was killed, and that it costs no more. */
@Timeout(90)
class ReplicaReturnIT {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final ReplicaId LOCAL = new ReplicaId("r1");
  private static final ReplicaId REMOTE = new ReplicaId("r2");
  private static final long SIZE = 4L << 30;
  private static final int BLOCK = 4096;
  private static final int REGION = 16 << 20;
  private static final int REGIONS = 224;
  private static final int MISSED = 768;

  @TempDir Path directory;
  private TestNode here;
  private TestNode there;
  private InMemoryCatalogue catalogue;

  @BeforeEach
  void start() throws IOException {
    here = TestNode.start(directory.resolve("here"));
    there = TestNode.start(directory.resolve("there"));
    catalogue = new InMemoryCatalogue(VOLUME, SIZE);
    here.storage.replicas().create(TestNode.POOL, VOLUME, LOCAL, SIZE);
    there.storage.replicas().create(TestNode.POOL, VOLUME, REMOTE, SIZE);
    catalogue.add(LOCAL, true, here.storage.replicationAddress());
    catalogue.add(REMOTE, true, there.storage.replicationAddress());
  }

  @AfterEach
  void stop() throws IOException {
    here.close();
    there.close();
    catalogue.close();
  }

  /** The regions that it suspects are nearly empty: it is back without their holes being read. */
  @Test
  void holesInSuspectRegionsCostNothing() throws Exception {
    VolumeHead head = here.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
    try (NbdClient client = here.export(head)) {
      for (int region = 0; region < REGIONS; region++) {
        write(client, List.of((long) region * REGION));
      }
      copyFiles(directory.resolve("there"), directory.resolve("killed"));
      there.close();
      await("out r2"::equals);
      Random random = new Random(1);
      List<Long> missed = new ArrayList<>();
      for (int i = 0; i < MISSED; i++) {
        missed.add(random.nextInt(REGIONS * (REGION / BLOCK)) * (long) BLOCK);
      }
      write(client, missed);

      long begun = System.nanoTime();
      there = TestNode.start(directory.resolve("killed"));
      catalogue.move(REMOTE, there.storage.replicationAddress());
      head.catalogueChanged(catalogue.view());
      String report = await(event -> event.startsWith("caught up r2"));
      long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      await("in r2"::equals);

      System.out.printf("back after %d ms: %s%n", tookMs, report);
      assertThat(tookMs).as(report).isLessThan(4_000);
    }
    head.close().get(20, TimeUnit.SECONDS);
  }

  private static void write(NbdClient client, List<Long> offsets) throws Exception {
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (long offset : offsets) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK);
      bytes.putLong(0, offset + 1);
      writes.add(client.write(offset, bytes, false));
    }
    for (CompletableFuture<Void> write : writes) {
      write.get(20, TimeUnit.SECONDS);
    }
    client.flush().get(20, TimeUnit.SECONDS);
  }

  /** What a kill leaves: nothing is marked clean. */
  private static void copyFiles(Path from, Path to) throws Exception {
    Process copy =
        new ProcessBuilder("cp", "-r", "--sparse=always", from.toString(), to.toString())
            .inheritIO()
            .start();
    assertThat(copy.waitFor()).isZero();
  }

  private String await(Predicate<String> wanted) throws InterruptedException {
    List<String> seen = new ArrayList<>();
    String event;
    do {
      event = catalogue.events.poll(60, TimeUnit.SECONDS);
      assertThat(event).as("after %s", seen).isNotNull();
      seen.add(event);
    } while (!wanted.test(event));
    return event;
  }
}
