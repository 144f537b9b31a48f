package io.mooring.storage.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What CAN_MULTI_CONN promises: a flush covers the writes of every connection. */
@Timeout(60)
class MultiConnectionFlushTest {

  private static final int CONNECTIONS = 4;
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = TestServer.DISK_BYTES / BLOCK_BYTES;

  @TempDir Path directory;

  @Test
  void flushOnOneConnectionMakesTheWritesOfAllDurable() throws Exception {
    try (TestServer server = TestServer.in(directory)) {
      List<NbdClient> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(server.client());
      }
      byte[] content = new byte[TestServer.DISK_BYTES];
      new Random(7).nextBytes(content);

      writeSpread(clients, content);
      assertThat(server.disk().durable(0, content.length)).isNotEqualTo(content);
      clients.getLast().flush().get(10, TimeUnit.SECONDS);

      assertThat(server.disk().durable(0, content.length)).isEqualTo(content);
      clients.forEach(NbdClient::close);
    }
  }

  @Test
  void writeOfOneConnectionIsReadByAnother() throws Exception {
    try (TestServer server = TestServer.in(directory);
        NbdClient writer = server.client();
        NbdClient reader = server.client()) {
      ByteBuffer seen = ByteBuffer.allocate(Integer.BYTES);
      for (int round = 1; round <= 1000; round++) {
        ByteBuffer data = ByteBuffer.allocate(Integer.BYTES).putInt(round).flip();
        writer.write(0, data, false).get(10, TimeUnit.SECONDS);
        reader.read(0, seen.clear()).get(10, TimeUnit.SECONDS);
        assertThat(seen.flip().getInt()).isEqualTo(round);
      }
    }
  }

  private static void writeSpread(List<NbdClient> clients, byte[] content) throws Exception {
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (int block = 0; block < BLOCKS; block++) {
      ByteBuffer data = ByteBuffer.wrap(content, block * BLOCK_BYTES, BLOCK_BYTES);
      NbdClient client = clients.get(block % clients.size());
      writes.add(client.write((long) block * BLOCK_BYTES, data, false));
    }
    CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
  }
}
