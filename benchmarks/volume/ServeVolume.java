import io.mooring.storage.engine.HeadObserver;
import io.mooring.storage.engine.NodeObserver;
import io.mooring.storage.engine.StorageNode;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.engine.VolumeView;
import io.mooring.storage.nbd.NbdExport;
import io.mooring.storage.nbd.NbdServer;
import io.mooring.storage.nbd.NbdServerLimits;
import io.mooring.storage.nbd.NbdServerObserver;
import io.mooring.storage.replication.Epoch;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadEffect.LossReason;
import io.mooring.storage.replication.HeadEffect.ResyncStatistics;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The data plane of a node without a control plane: {@code replica DIR SIZE} keeps a second replica
 * and prints its port, {@code head DIR SIZE SOCKET [PORT]} exports a volume as NBD. Both end with
 * their standard input.
 */
final class ServeVolume {

  private static final VolumeId VOLUME = new VolumeId("vol-0000000be2c4");
  private static final ReplicaId FIRST = new ReplicaId("r1");
  private static final ReplicaId SECOND = new ReplicaId("r2");
  private static final String POOL = "pool";

  private ServeVolume() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[1]);
    long sizeBytes = Long.parseLong(arguments[2]);
    try (StorageNode node = node(directory)) {
      if (arguments[0].equals("replica")) {
        ensureReplica(node, SECOND, sizeBytes);
        System.out.println(node.replicationAddress().getPort());
        awaitEndOfInput();
      } else {
        ensureReplica(node, FIRST, sizeBytes);
        serve(node, sizeBytes, Path.of(arguments[3]), List.of(arguments).subList(4, arguments.length));
      }
    }
  }

  private static StorageNode node(Path directory) throws IOException {
    Path pool = Files.createDirectories(directory.resolve(POOL));
    return StorageNode.start(
        new StorageNode.Settings(
            Map.of(POOL, pool),
            Files.createDirectories(directory.resolve("state")),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            HeadSettings.Limits.DEFAULT),
        new NodeObserver() {});
  }

  private static void ensureReplica(StorageNode node, ReplicaId replica, long sizeBytes)
      throws IOException {
    if (!node.replicas().exists(POOL, VOLUME, replica)) {
      node.replicas().create(POOL, VOLUME, replica, sizeBytes);
    }
  }

  private static void serve(StorageNode node, long sizeBytes, Path socket, List<String> ports)
      throws Exception {
    List<VolumeView.Copy> copies = new ArrayList<>();
    copies.add(new VolumeView.Copy(FIRST, true, node.replicationAddress()));
    for (String port : ports) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
      copies.add(new VolumeView.Copy(SECOND, true, address));
    }
    VolumeView view =
        new VolumeView(VOLUME, sizeBytes, new Epoch(1), new Generation(1), copies);
    VolumeHead head = node.open(view, FlushProfile.DURABLE, new Console());
    try (NbdServer server = new NbdServer(NbdServerLimits.defaults(), NbdServerObserver.NONE)) {
      server.publish(new NbdExport("volume", "benchmark", head.nbdDevice(), false));
      server.listen(UnixDomainSocketAddress.of(socket));
      System.out.println("serving");
      awaitEndOfInput();
    }
    head.close().get(60, TimeUnit.SECONDS);
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {}
  }

  /** Nothing is lost in a benchmark; if it is, the figures are void and this says why. */
  private static final class Console implements HeadObserver {
    @Override
    public void stateChanged(VolumeHead head, HeadState state) {
      System.err.println(state);
    }

    @Override
    public void replicaLost(
        VolumeHead head, ReplicaId replica, Generation seen, LossReason reason, String detail) {
      System.err.println("lost " + replica + ": " + reason + " " + detail);
    }

    @Override
    public void replicaCaughtUp(
        VolumeHead head,
        ReplicaId replica,
        Generation seen,
        ResyncStatistics statistics,
        long heldBytes) {}

    @Override
    public void recordFailed(VolumeHead head, String reason) {
      System.err.println(reason);
    }
  }
}
