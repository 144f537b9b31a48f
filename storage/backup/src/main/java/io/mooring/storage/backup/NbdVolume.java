package io.mooring.storage.backup;

import io.mooring.storage.nbd.Extent;
import io.mooring.storage.nbd.NbdClient;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A volume behind an NBD export: a snapshot to read or a volume to restore into. */
public final class NbdVolume implements VolumeTarget, AutoCloseable {

  /** Requests under way at a time hide the way to the server and back. */
  private static final int DEPTH = 8;

  private static final int REQUEST_BYTES = 1 << 20;

  private final NbdClient client;

  private NbdVolume(NbdClient client) {
    this.client = client;
  }

  public static NbdVolume connect(SocketAddress address, String export, Duration timeout)
      throws IOException {
    return new NbdVolume(NbdClient.connect(address, export, timeout));
  }

  @Override
  public long sizeBytes() {
    return client.sizeBytes();
  }

  @Override
  public List<ByteRange> data(ByteRange within) throws IOException {
    List<ByteRange> data = new ArrayList<>();
    long at = within.offset();
    while (at < within.end()) {
      for (Extent extent : await(client.blockStatus(at, within.end() - at))) {
        long length = Math.min(extent.lengthBytes(), within.end() - at);
        if (length > 0 && extent.allocation() == Extent.Allocation.DATA) {
          data.add(new ByteRange(at, length));
        }
        at += length;
      }
    }
    return data;
  }

  @Override
  public void read(long offset, byte[] into, int at, int length) throws IOException {
    inPieces(
        length,
        (from, bytes) -> client.read(offset + from, ByteBuffer.wrap(into, at + from, bytes)));
  }

  @Override
  public void write(long offset, byte[] from, int at, int length) throws IOException {
    inPieces(
        length,
        (begin, bytes) ->
            client.write(offset + begin, ByteBuffer.wrap(from, at + begin, bytes), false));
  }

  @Override
  public void zero(ByteRange range) throws IOException {
    await(client.zero(range.offset(), range.lengthBytes(), true, false));
  }

  @Override
  public void flush() throws IOException {
    await(client.flush());
  }

  @Override
  public void close() {
    client.close();
  }

  private interface Piece {
    CompletableFuture<Void> start(int from, int bytes);
  }

  private void inPieces(int length, Piece piece) throws IOException {
    int most = Math.min(REQUEST_BYTES, client.requestBytesMax());
    List<CompletableFuture<Void>> underWay = new ArrayList<>();
    for (int from = 0; from < length; from += most) {
      if (underWay.size() == DEPTH) {
        await(underWay.removeFirst());
      }
      underWay.add(piece.start(from, Math.min(most, length - from)));
    }
    for (CompletableFuture<Void> request : underWay) {
      await(request);
    }
  }

  private static <T> T await(CompletableFuture<T> request) throws IOException {
    try {
      return request.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
