package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica goes and returns, again and again, while its volume is written as fast as it takes. */
@Timeout(120)
class ReturningReplicaIT {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final ReplicaId LOCAL = new ReplicaId("r1");
  private static final ReplicaId REMOTE = new ReplicaId("r2");
  private static final long SIZE = 32L << 20;
  private static final int ROUNDS = 4;
  private static final int BATCHES = 4;

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

  @Test
  void itCatchesUpEachTimeAndNoWriteIsForgotten() throws Exception {
    VolumeHead head = here.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
    try (NbdClient client = here.export(head)) {
      Load load = new Load(client);
      CompletableFuture<@Nullable Void> running = CompletableFuture.runAsync(load);
      for (int round = 0; round < ROUNDS; round++) {
        load.awaitBatches(BATCHES);
        there.close();
        await("out r2"::equals);
        load.awaitBatches(BATCHES);
        bringBack(head);
        if (round % 2 == 1) { // gone again before it has caught up, or just after
          load.awaitBatches(1);
          there.close();
          bringBack(head);
        }
        awaitBothInSync();
      }
      load.stop = true;
      running.get(30, TimeUnit.SECONDS);
      client.flush().get(10, TimeUnit.SECONDS);
    }
    head.close().get(20, TimeUnit.SECONDS);
    assertThat(Files.mismatch(here.data(VOLUME, LOCAL), there.data(VOLUME, REMOTE))).isEqualTo(-1);
  }

  private void bringBack(VolumeHead head) throws IOException {
    there = TestNode.start(directory.resolve("there"));
    catalogue.move(REMOTE, there.storage.replicationAddress());
    head.catalogueChanged(catalogue.view());
  }

  private void awaitBothInSync() throws InterruptedException {
    while (!catalogue.view().membership().inSync().contains(REMOTE)) {
      await(event -> event.equals("in r2") || event.equals("out r2"));
    }
    assertThat(catalogue.view().membership().inSync()).contains(LOCAL);
  }

  private void await(Predicate<String> wanted) throws InterruptedException {
    List<String> seen = new ArrayList<>();
    String event;
    do {
      event = catalogue.events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("after %s", seen).isNotNull();
      seen.add(event);
    } while (!wanted.test(event));
  }

  /** Writes and trims all over the volume, many requests at a time. */
  private static final class Load implements Runnable {
    private static final int REQUESTS = 200;
    private static final int BLOCK = 4096;
    private static final int TRIM = 256 << 10;

    private final NbdClient client;
    private final Random random = new Random(1);
    private long batches;
    private volatile boolean stop;

    private Load(NbdClient client) {
      this.client = client;
    }

    @Override
    public void run() {
      try {
        while (!stop) {
          batch();
          synchronized (this) {
            batches++;
            notifyAll();
          }
        }
      } catch (Exception e) {
        throw new IllegalStateException("after %d batches".formatted(batches), e);
      }
    }

    private void batch() throws Exception {
      List<CompletableFuture<Void>> requests = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        requests.add(
            i % 50 == 0
                ? client.trim(offset(TRIM), TRIM, false)
                : client.write(offset(BLOCK), block(), i % 40 == 0));
      }
      for (CompletableFuture<Void> request : requests) {
        request.get(20, TimeUnit.SECONDS);
      }
    }

    private long offset(int unit) {
      return random.nextInt((int) (SIZE / unit)) * (long) unit;
    }

    private ByteBuffer block() {
      byte[] content = new byte[BLOCK];
      random.nextBytes(content);
      return ByteBuffer.allocateDirect(BLOCK).put(content).flip();
    }

    private synchronized void awaitBatches(long more) throws InterruptedException {
      long wanted = batches + more;
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
      while (batches < wanted) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        assertThat(leftMs).as("time left for batch %d of %d", batches, wanted).isPositive();
        wait(leftMs);
      }
    }
  }
}
