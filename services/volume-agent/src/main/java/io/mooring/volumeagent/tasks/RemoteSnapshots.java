package io.mooring.volumeagent.tasks;

import io.mooring.schemas.NodeDescriptor;
import io.mooring.storage.engine.SnapshotCopy;
import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdClient;
import io.mooring.volumeagent.export.SnapshotExports;
import io.mooring.volumeagent.node.NodeDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Snapshots on replicas of other nodes, read over NBD from their agents. */
final class RemoteSnapshots {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final Duration READ_LIMIT = Duration.ofSeconds(60);

  /** As much as one question about allocation may cover, and a round number. */
  private static final long STATUS_BYTES_MAX = 1L << 30;

  private static final int CHUNK_BYTES = 1 << 20;
  private static final int CREATED = 201;

  private final NodeDirectory nodes;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();

  RemoteSnapshots(NodeDirectory nodes) {
    this.nodes = nodes;
  }

  /** A snapshot cannot be read from this node; another one may give it back. */
  static final class Unavailable extends IOException {
    private static final long serialVersionUID = 1L;

    Unavailable(String why, Throwable cause) {
      super(why, cause);
    }

    Unavailable(String why) {
      super(why);
    }
  }

  /**
   * Has a node export a snapshot and connects to it. The export is left to itself: others may use
   * it, and the agent takes it away when nobody does.
   */
  Snapshot open(String nodeId, String volumeId, String snapshotId)
      throws Unavailable, InterruptedException {
    NodeDescriptor node =
        nodes.node(nodeId).orElseThrow(() -> new Unavailable("node " + nodeId + " is not known"));
    if (node.getNbdPort() == 0) {
      throw new Unavailable("node " + nodeId + " does not listen for NBD over TCP");
    }
    askForExport(node, volumeId, snapshotId);
    try {
      return new Snapshot(
          NbdClient.connect(
              new InetSocketAddress(node.getHost(), node.getNbdPort()),
              SnapshotExports.name(volumeId, snapshotId),
              CONNECT_LIMIT));
    } catch (IOException e) {
      throw new Unavailable("node " + nodeId + " cannot be reached over NBD: " + e.getMessage(), e);
    }
  }

  private void askForExport(NodeDescriptor node, String volumeId, String snapshotId)
      throws Unavailable, InterruptedException {
    URI uri =
        URI.create(
            "http://%s:%d/volumes/%s/snapshots/%s/export"
                .formatted(node.getHost(), node.getRestPort(), volumeId, snapshotId));
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER_LIMIT)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != CREATED) {
        throw new Unavailable(
            "%s answers %d: %s".formatted(uri, answer.statusCode(), answer.body()));
      }
    } catch (Unavailable e) {
      throw e;
    } catch (IOException e) {
      throw new Unavailable("%s does not answer: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /** A snapshot behind a connection. */
  static final class Snapshot implements SnapshotCopy.Source, AutoCloseable {

    private final NbdClient client;

    /** The connection's own thread fills it, which may come late if a read was given up. */
    private final ByteBuffer chunk;

    private Snapshot(NbdClient client) {
      this.client = client;
      this.chunk = ByteBuffer.allocateDirect(Math.min(CHUNK_BYTES, client.requestBytesMax()));
    }

    @Override
    public long sizeBytes() {
      return client.sizeBytes();
    }

    @Override
    public void read(long offset, MemorySegment target) throws IOException {
      for (long done = 0; done < target.byteSize(); done += chunk.limit()) {
        chunk.clear().limit((int) Math.min(chunk.capacity(), target.byteSize() - done));
        await(client.read(offset + done, chunk.duplicate()));
        target.asSlice(done, chunk.limit()).copyFrom(MemorySegment.ofBuffer(chunk));
      }
    }

    @Override
    public void visitAllocated(BlockFile.ExtentVisitor visitor) throws IOException {
      long offset = 0;
      while (offset < sizeBytes()) {
        long end = Math.min(offset + STATUS_BYTES_MAX, sizeBytes());
        List<Extent> extents = await(client.blockStatus(offset, end - offset));
        if (extents.isEmpty()) {
          throw new Unavailable("it does not tell what is allocated from " + offset + " on");
        }
        for (Extent extent : extents) {
          long length = Math.min(extent.lengthBytes(), sizeBytes() - offset);
          if (extent.allocation() == Extent.Allocation.DATA && length > 0) {
            visitor.extent(offset, length);
          }
          offset += length;
        }
      }
    }

    private static <T> T await(CompletableFuture<T> answer) throws IOException {
      try {
        return answer.get(READ_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw new Unavailable("a read failed: " + e.getCause().getMessage(), e);
      } catch (TimeoutException e) {
        throw new Unavailable("a read takes longer than " + READ_LIMIT.toMillis() + " ms", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while a snapshot was read", e);
      }
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
