package io.mooring.storage.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NbdClientTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path directory;
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.in(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void learnsTheExport() throws IOException {
    server.server().publish(new NbdExport("frozen", "", new MemoryDevice(512), true));

    try (NbdClient disk = server.client();
        NbdClient frozen = NbdClient.connect(server.address(), "frozen", PATIENCE)) {
      assertThat(disk.sizeBytes()).isEqualTo(TestServer.DISK_BYTES);
      assertThat(disk.requestBytesMax()).isEqualTo(32 << 20);
      assertThat(disk.readOnly()).isFalse();
      assertThat(frozen.readOnly()).isTrue();
    }
  }

  @Test
  void readsBackManyRandomWrites() throws Exception {
    Random random = new Random(11);
    byte[] mirror = new byte[TestServer.DISK_BYTES];
    try (NbdClient client = server.client()) {
      for (int i = 0; i < 300; i++) {
        int offset = random.nextInt(mirror.length - 1);
        byte[] data = new byte[1 + random.nextInt(Math.min(400_000, mirror.length - offset))];
        random.nextBytes(data);
        System.arraycopy(data, 0, mirror, offset, data.length);
        get(client.write(offset, ByteBuffer.wrap(data), i % 10 == 0));
      }

      ByteBuffer all = ByteBuffer.allocateDirect(mirror.length);
      get(client.read(0, all));

      assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(mirror));
    }
  }

  @Test
  void pipelinesReadsAndWrites() throws Exception {
    try (NbdClient client = server.client()) {
      ByteBuffer[] blocks = new ByteBuffer[256];
      CompletableFuture<?>[] reads = new CompletableFuture<?>[blocks.length];
      for (int i = 0; i < blocks.length; i++) {
        get(client.write(i * 4096L, ByteBuffer.allocate(4).putInt(i).flip(), false));
      }
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = ByteBuffer.allocate(4096);
        reads[i] = client.read(i * 4096L, blocks[i]);
      }
      get(CompletableFuture.allOf(reads));

      for (int i = 0; i < blocks.length; i++) {
        assertThat(blocks[i].hasRemaining()).isFalse();
        assertThat(blocks[i].getInt(0)).isEqualTo(i);
      }
    }
  }

  @Test
  void asksForAllocation() throws Exception {
    long half = TestServer.DISK_BYTES / 2;
    try (NbdClient client = server.client()) {
      assertThat(get(client.blockStatus(0, TestServer.DISK_BYTES)))
          .isEqualTo(
              List.of(
                  new Extent(half, Extent.Allocation.DATA),
                  new Extent(half, Extent.Allocation.HOLE)));
    }
  }

  @Test
  void passesTrimAndZeroOn() throws Exception {
    try (NbdClient client = server.client()) {
      get(client.trim(0, 512, false));
      get(client.zero(512, 1024, true, false));
      get(client.zero(512, 1024, false, false));
      get(client.flush());
    }

    assertThat(server.disk().calls())
        .containsExactly("trim 0 +512", "zero 512 +1024 punch", "zero 512 +1024", "flush");
  }

  @Test
  void tellsTheServersError() throws Exception {
    try (NbdClient client = server.client()) {
      ByteBuffer two = ByteBuffer.allocate(2);

      failure(client.read(TestServer.DISK_BYTES - 1, two))
          .returns("NBD-025", NbdException::code)
          .returns(NbdStatus.EINVAL, NbdException::status);
      failure(client.write(TestServer.DISK_BYTES - 1, two, false))
          .returns(NbdStatus.ENOSPC, NbdException::status);
      get(client.flush());
    }
  }

  @Test
  void refusesWhatTheExportDoesNotOffer() throws Exception {
    server.server().publish(new NbdExport("frozen", "", new MemoryDevice(512), true));
    try (NbdClient client = NbdClient.connect(server.address(), "frozen", PATIENCE)) {
      failure(client.trim(0, 512, false)).returns("NBD-026", NbdException::code);
      failure(client.zero(0, 512, true, false)).returns("NBD-026", NbdException::code);
      failure(client.read(0, ByteBuffer.allocate((32 << 20) + 1)))
          .returns("NBD-026", NbdException::code);
    }
  }

  @Test
  void unknownExportIsRefusedWithTheServersWords() {
    assertThatThrownBy(() -> NbdClient.connect(server.address(), "nothing", PATIENCE))
        .asInstanceOf(type(NbdException.class))
        .returns("NBD-022", NbdException::code)
        .extracting(NbdException::getMessage)
        .asString()
        .contains("no export has the name 'nothing'");
  }

  @Test
  void lostConnectionEndsWhatIsUnderWayAndWhatFollows() throws Exception {
    server.disk().hold();
    try (NbdClient client = server.client()) {
      CompletableFuture<Void> flush = client.flush();
      server.disk().takeHeld();

      server.server().withdraw("disk");

      failure(flush).returns("NBD-023", NbdException::code);
      failure(client.flush()).returns("NBD-023", NbdException::code);
    }
  }

  @Test
  void silentServerIsGivenUp() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("silent"));
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(address);

      assertThatThrownBy(() -> NbdClient.connect(address, "disk", Duration.ofMillis(200)))
          .isInstanceOf(NbdException.class)
          .hasMessageStartingWith("NBD-023");
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static AbstractThrowableAssert<?, NbdException> failure(CompletableFuture<?> future) {
    assertThat(future).failsWithin(PATIENCE);
    try {
      future.get();
      throw new AssertionError("the request succeeded");
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(NbdException.class);
      return assertThat((NbdException) e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
