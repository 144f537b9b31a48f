package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attaching through the kernel's NBD client, with clients of our own in the kernel's place. The
 * real one runs in {@code integration-tests/kernel-nbd}.
 */
@Timeout(60)
class NbdAttacherTest {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");
  private static final ReplicaId REPLICA = new ReplicaId("r1");
  private static final long SIZE = 64L << 20;
  private static final int BLOCK = 4096;

  @TempDir Path directory;
  private Path socket;
  private Kernel kernel;
  private TestNode node;
  private NbdAttacher attacher;
  private InMemoryCatalogue catalogue;

  @BeforeEach
  void start() throws IOException {
    socket = Files.createTempDirectory("nbd").resolve("kernel.sock");
    kernel = new Kernel(socket);
    node = TestNode.start(directory);
    attacher = attacher();
    catalogue = new InMemoryCatalogue(VOLUME, SIZE);
    node.storage.replicas().create(TestNode.POOL, VOLUME, REPLICA, SIZE);
    catalogue.add(REPLICA, true, node.storage.replicationAddress());
  }

  private NbdAttacher attacher() {
    return new NbdAttacher(socket, kernel);
  }

  @AfterEach
  void stop() throws IOException {
    kernel.disconnect(0);
    attacher.close();
    node.close();
    catalogue.close();
    Files.deleteIfExists(socket);
    Files.delete(socket.getParent());
  }

  @Test
  void aDeviceReadsAndWritesTheVolumeAndGoesWithItsDetach() throws Exception {
    VolumeHead head = open();
    Attachment attachment = attacher.attach(head);

    assertThat(attachment.device()).isEqualTo(Path.of("/dev/nbd0"));
    assertThat(attachment.route()).isEqualTo("nbd");
    assertThat(attacher.survivors()).containsExactly(VOLUME);
    ByteBuffer written = write(kernel.connection());
    assertThat(read(kernel.connection())).isEqualTo(written);

    attachment.detach();
    assertThat(kernel.connected()).isEmpty();
    assertThat(attacher.survivors()).isEmpty();
    head.close().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aDeviceInUseIsServedOn() throws Exception {
    Attachment attachment = attacher.attach(open());
    kernel.inUse = true;

    assertThatThrownBy(attachment::detach).isInstanceOf(IOException.class);
    write(kernel.connection());

    attachment.abort();
    assertThat(kernel.connected()).isEmpty();
  }

  @Test
  void theNextAgentGoesOnWithTheDeviceAndItsNewSize() throws Exception {
    VolumeHead head = open();
    attacher.attach(head);
    ByteBuffer written = write(kernel.connection());
    attacher.close(); // as when its process dies: every connection is gone
    attacher = attacher();
    VolumeHead resumed = node.storage.resume(VOLUME, catalogue).orElseThrow();

    Attachment attachment = attacher.resume(resumed);
    assertThat(read(kernel.connection())).isEqualTo(written);

    resumed.grow(2 * SIZE).get(10, TimeUnit.SECONDS);
    attachment.refreshSize(2 * SIZE);
    assertThat(kernel.sizeBytes).isEqualTo(2 * SIZE);
    attachment.detach();
    resumed.close().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aConnectionThatTheKernelHasClosedIsReplaced() throws Exception {
    Attachment attachment = attacher.attach(open());
    kernel.dropConnection();

    kernel.awaitConnection();
    write(kernel.connection());
    attachment.detach();
  }

  @Test
  void whatAnEarlierAgentHasLeftIsGivenUpOrReplaced() throws Exception {
    VolumeHead head = open();
    attacher.attach(head);
    attacher.close();
    attacher = attacher();

    Attachment attachment = attacher.attach(head);
    assertThat(kernel.connected()).hasSize(1);
    attachment.abort();

    attacher.attach(head);
    attacher.abandon(VOLUME);
    assertThat(attacher.survivors()).isEmpty();
  }

  private VolumeHead open() throws IOException {
    return node.storage.open(catalogue.publish(), FlushProfile.DURABLE, catalogue);
  }

  private static ByteBuffer write(NbdClient client) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK);
    bytes.putLong(0, 42);
    client.write(BLOCK, bytes.duplicate(), true).get(10, TimeUnit.SECONDS);
    return bytes;
  }

  private static ByteBuffer read(NbdClient client) throws Exception {
    ByteBuffer target = ByteBuffer.allocateDirect(BLOCK);
    client.read(BLOCK, target).get(10, TimeUnit.SECONDS);
    return target.rewind();
  }

  /** One device as the kernel keeps it: it outlives its connection. */
  private static final class Kernel implements NbdDevices {

    private final Path socket;
    private @Nullable String backend;
    private @Nullable NbdClient connection;
    private volatile long sizeBytes;
    private volatile boolean inUse;

    private Kernel(Path socket) {
      this.socket = socket;
    }

    @Override
    public synchronized int connect(String volume) throws IOException {
      assertThat(backend).isNull();
      backend = volume;
      open(volume);
      return 0;
    }

    @Override
    public synchronized void reconnect(int index, String volume) throws IOException {
      assertThat(volume).isEqualTo(backend);
      open(volume);
      notifyAll();
    }

    private void open(String volume) throws IOException {
      drop();
      NbdClient opened =
          NbdClient.connect(UnixDomainSocketAddress.of(socket), volume, Duration.ofSeconds(10));
      sizeBytes = opened.sizeBytes();
      connection = opened;
    }

    private void drop() {
      NbdClient old = connection;
      if (old != null) {
        old.close();
        connection = null;
      }
    }

    @Override
    public synchronized void resize(int index, String volume, long newSizeBytes) {
      assertThat(volume).isEqualTo(backend);
      sizeBytes = newSizeBytes;
    }

    @Override
    public synchronized Map<String, Integer> connected() {
      return backend == null ? Map.of() : Map.of(backend, 0);
    }

    @Override
    public void release(int index) throws IOException {
      if (inUse) {
        throw new IOException("busy");
      }
      disconnect(index);
    }

    @Override
    public synchronized void disconnect(int index) {
      backend = null;
      drop();
    }

    @Override
    public Path path(int index) {
      return Path.of("/dev/nbd" + index);
    }

    private synchronized NbdClient connection() {
      return Objects.requireNonNull(connection);
    }

    private synchronized void dropConnection() {
      drop();
    }

    private synchronized void awaitConnection() throws InterruptedException {
      while (connection == null) {
        wait();
      }
    }
  }
}
