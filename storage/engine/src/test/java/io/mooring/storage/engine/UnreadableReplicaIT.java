package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica whose disk does not give back what it holds: its data file is cut short below it, so
 * that reads behind the cut fail and writes heal it, as bad sectors do.
 */
@Timeout(60)
class UnreadableReplicaIT {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final ReplicaId R2 = new ReplicaId("r2");
  private static final long SIZE = 64L << 20;
  private static final int BLOCK = 64 << 10;
  private static final long SOUND = 1L << 20;
  private static final long SPOILED = 8L << 20;
  private static final long CUT = 4L << 20;

  @TempDir Path directory;
  private TestNode headNode;
  private TestNode n1;
  private TestNode n2;
  private InMemoryCatalogue catalogue;

  @BeforeEach
  void start() throws IOException {
    headNode = TestNode.start(directory.resolve("head"));
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
    headNode.close();
    n1.close();
    n2.close();
    catalogue.close();
  }

  @Test
  void anotherMemberAnswersAndTheReplicaHasNoWayBackNotEvenAfterARestart() throws Exception {
    VolumeHead head = headNode.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
    try (NbdClient client = headNode.export(head)) {
      ByteBuffer written = write(client, SPOILED);
      resizeData(n1, CUT);

      assertThat(read(client, SPOILED)).isEqualTo(written);
      await(n1.events, "unreadable r1 REP-029"::equals);
      await(catalogue.events, event -> event.startsWith("lost r1 UNREADABLE"));
      await(catalogue.events, "out r1"::equals);
      write(client, SOUND);

      n1.close();
      resizeData(n1, SIZE);
      n1 = TestNode.start(directory.resolve("n1"));
      catalogue.move(R1, n1.storage.replicationAddress());
      head.catalogueChanged(catalogue.view());

      for (int attempt = 0; attempt < 3; attempt++) {
        await(n1.events, event -> event.startsWith("promised r1")); // the head has said hello
      }
      assertThat(catalogue.events)
          .noneMatch(event -> event.startsWith("caught up r1") || event.startsWith("in r1"));
      assertThat(n1.storage.replicas().find(VOLUME, R1).orElseThrow().superblock().unreadable())
          .isTrue();
      assertThat(read(client, SPOILED)).isEqualTo(written);
    }
  }

  @Test
  void aLayerBelowASnapshotCountsLikeTheOnlyFile() throws Exception {
    VolumeHead head = headNode.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
    try (NbdClient client = headNode.export(head)) {
      ByteBuffer written = write(client, SPOILED);
      head.snapshot(new SnapshotId("s1")).get(10, TimeUnit.SECONDS);
      ByteBuffer later = write(client, SOUND);
      resizeData(n1, CUT);

      assertThat(read(client, SPOILED)).isEqualTo(written);
      assertThat(read(client, SOUND)).isEqualTo(later);
      await(n1.events, "unreadable r1 REP-029"::equals);
      await(catalogue.events, event -> event.startsWith("lost r1 UNREADABLE"));
      await(catalogue.events, "out r1"::equals);
      assertThat(read(client, SPOILED)).isEqualTo(written);
    }
  }

  @Test
  void theLastMemberServesEverythingElseUntilTheRangeIsWrittenAnew() throws Exception {
    n2.storage.replicas().delete(TestNode.POOL, VOLUME, R2);
    catalogue.add(R2, false, n2.storage.replicationAddress());
    VolumeHead head = n1.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
    try (NbdClient client = n1.export(head)) {
      ByteBuffer sound = write(client, SOUND);
      write(client, SPOILED);
      resizeData(n1, CUT);

      assertThat(client.read(SPOILED, ByteBuffer.allocateDirect(BLOCK)))
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableThat()
          .withMessageContaining("EIO");
      await(n1.events, "unreadable r1 REP-029"::equals);
      assertThat(read(client, SOUND)).isEqualTo(sound);
      assertThat(head.state()).isInstanceOf(HeadState.Serving.class);

      ByteBuffer anew = write(client, SPOILED);
      assertThat(read(client, SPOILED)).isEqualTo(anew);
      assertThat(catalogue.events).noneMatch(event -> event.startsWith("lost r1"));
    }
    head.close().get(10, TimeUnit.SECONDS);
  }

  private static ByteBuffer write(NbdClient client, long offset) throws Exception {
    byte[] content = new byte[BLOCK];
    new Random().nextBytes(content);
    ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK).put(content).flip();
    client.write(offset, bytes.duplicate(), false).get(10, TimeUnit.SECONDS);
    client.flush().get(10, TimeUnit.SECONDS);
    return bytes;
  }

  private static ByteBuffer read(NbdClient client, long offset) throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(BLOCK);
    client.read(offset, target).get(10, TimeUnit.SECONDS);
    return target.rewind();
  }

  private static void resizeData(TestNode node, long bytes) throws IOException {
    try (FileChannel data =
        FileChannel.open(
            node.data(VOLUME, R1), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (data.size() > bytes) {
        data.truncate(bytes);
      } else {
        data.write(ByteBuffer.allocate(1), bytes - 1);
      }
    }
  }

  private static void await(BlockingQueue<String> events, Predicate<String> wanted)
      throws InterruptedException {
    List<String> seen = new ArrayList<>();
    String event;
    do {
      event = events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("after %s", seen).isNotNull();
      seen.add(event);
    } while (!wanted.test(event));
  }
}
