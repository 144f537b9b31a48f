package io.mooring.volumeagent.tasks;

import static io.mooring.schemas.SnapshotMemberPhase.TAKEN;
import static io.mooring.schemas.SnapshotSetPhase.DELETING;
import static io.mooring.schemas.SnapshotSetPhase.READY;
import static io.mooring.volumeagent.snapshots.SetStates.set;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mooring.schemas.NodeDescriptor;
import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotSetPhase;
import io.mooring.schemas.VolumeTask;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.storage.engine.SnapshotExport;
import io.mooring.storage.nbd.BlockDevice;
import io.mooring.storage.nbd.Completion;
import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.storage.nbd.NbdStatus;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.node.NodeDirectory;
import io.mooring.volumeagent.snapshots.OneVolume;
import io.mooring.volumeagent.snapshots.SetStates;
import io.mooring.volumeagent.snapshots.SnapshotSets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A volume that is filled from real NBD servers, some of which cannot give the snapshot back. */
@Timeout(60)
class FillWorkTest {

  private static final String SOURCE = "vol-source";
  private static final String SNAPSHOT = "x";
  private static final int BYTES = 1 << 16;

  @TempDir Path directory;

  private final SnapshotSets sets = new SnapshotSets();
  private final NodeDirectory nodes = new NodeDirectory();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private OneVolume source;
  private OneVolume target;
  private FillWork work;

  @BeforeEach
  void start() throws Exception {
    source = closing(new OneVolume(directory.resolve("source"), 1));
    target = closing(new OneVolume(directory.resolve("target"), 1));
    source.write(3 * BYTES, bytes(7)).get(20, TimeUnit.SECONDS);
    source.head.snapshot(new SnapshotId(SNAPSHOT)).get(20, TimeUnit.SECONDS);
    source.write(3 * BYTES, bytes(8)).get(20, TimeUnit.SECONDS);
    sets.onReplay();
    sets.onCaughtUp();
    work =
        new FillWork(
            sets,
            new SetsReader(() -> CompletableFuture.completedFuture(null)),
            _ -> Optional.empty(),
            new RemoteSnapshots(nodes));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : toClose.reversed()) {
      closeable.close();
    }
  }

  @Test
  void whatOneHolderCannotGiveBackIsAskedOfTheNext() throws Exception {
    SnapshotExport good = export();
    node("n-refuses", 404, good);
    node("n-breaks", 201, new Failing(good));
    node("n-good", 201, good);
    holders(READY, "n-unknown", "n-refuses", "n-breaks", "n-good");

    TaskWork.Result result = run();

    assertThat(result).isEqualTo(new TaskWork.Result.Done(BYTES));
    assertThat(firstByte(3 * BYTES)).isEqualTo(7);
    assertThat(firstByte(0)).isZero();
  }

  @Test
  void withoutAHolderThatGivesItBackTheTaskIsGivenBack() throws Exception {
    node("n-breaks", 201, new Failing(export()));
    holders(READY, "n-unknown", "n-breaks");

    assertThat(run())
        .isInstanceOfSatisfying(
            TaskWork.Result.Impossible.class,
            result -> assertThat(result.code()).isEqualTo("SNP-065"));
  }

  @Test
  void aSetThatIsBeingDeletedIsNoSource() throws Exception {
    node("n-good", 201, export());
    holders(DELETING, "n-good");

    assertThat(run())
        .isInstanceOfSatisfying(
            TaskWork.Result.Impossible.class,
            result -> assertThat(result.code()).isEqualTo("SNP-064"));
  }

  private TaskWork.Result run() throws IOException, InterruptedException {
    return work.run(
        VolumeTask.newBuilder()
            .setTaskId("t")
            .setKind(VolumeTaskKind.FILL)
            .setSetId("s")
            .setVolumeId(SOURCE)
            .setSnapshotId(SNAPSHOT)
            .build(),
        target.head,
        () -> false);
  }

  private SnapshotExport export() throws IOException {
    return new SnapshotExport(source.replica().snapshots().open(new SnapshotId(SNAPSHOT)));
  }

  private int firstByte(long offset) throws Exception {
    ByteBuffer into = ByteBuffer.allocateDirect(1);
    CompletableFuture<NbdStatus> read = new CompletableFuture<>();
    target.head.nbdDevice().read(offset, into, read::complete);
    assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo(NbdStatus.OK);
    return into.get(0);
  }

  private static ByteBuffer bytes(int value) {
    ByteBuffer data = ByteBuffer.allocateDirect(BYTES);
    while (data.hasRemaining()) {
      data.put((byte) value);
    }
    return data.flip();
  }

  private void holders(SnapshotSetPhase phase, String... nodeIds) {
    SnapshotMember member = SetStates.member(SOURCE, SNAPSHOT, TAKEN);
    member.setHolders(
        Stream.of(nodeIds).map(node -> new SnapshotHolder("r-" + node, node)).toList());
    sets.onState("s", set("s", phase, member), null);
  }

  /** A node that answers requests for an export in one way, and what it exports. */
  private void node(String nodeId, int status, BlockDevice device) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    NbdServer nbd = closing(new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE));
    nbd.publish(new NbdExport(SOURCE + "@" + SNAPSHOT, "test", device, true));
    InetSocketAddress address = (InetSocketAddress) nbd.listen(new InetSocketAddress(loopback, 0));
    HttpServer rest = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    rest.createContext(
        "/volumes/" + SOURCE + "/snapshots/" + SNAPSHOT + "/export",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    rest.start();
    toClose.add(() -> rest.stop(0));
    nodes.onState(
        nodeId,
        NodeDescriptor.newBuilder()
            .setNodeId(nodeId)
            .setIncarnation("test")
            .setLabels(Map.of())
            .setHost(loopback.getHostAddress())
            .setReplicationPort(1)
            .setProbePort(1)
            .setNbdPort(address.getPort())
            .setRestPort(rest.getAddress().getPort())
            .setPools(List.of())
            .setUpdatedAt(Instant.EPOCH)
            .build(),
        null);
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    toClose.add(closeable);
    return closeable;
  }

  /** A disk that gives nothing back. */
  private record Failing(BlockDevice device) implements BlockDevice {
    @Override
    public long sizeBytes() {
      return device.sizeBytes();
    }

    @Override
    public void read(long offset, ByteBuffer into, Completion completion) {
      completion.done(NbdStatus.EIO);
    }

    @Override
    public void write(long offset, ByteBuffer data, boolean fua, Completion completion) {
      completion.done(NbdStatus.EPERM);
    }

    @Override
    public void flush(Completion completion) {
      completion.done(NbdStatus.OK);
    }

    @Override
    public void trim(long offset, long length, boolean fua, Completion completion) {
      completion.done(NbdStatus.EPERM);
    }

    @Override
    public void zero(
        long offset, long length, boolean mayPunch, boolean fua, Completion completion) {
      completion.done(NbdStatus.EPERM);
    }

    @Override
    public List<Extent> blockStatus(long offset, long length, int extentsMax) throws IOException {
      return device.blockStatus(offset, length, extentsMax);
    }
  }
}
