package io.mooring.benchmarks.migration;

import io.mooring.storage.backup.ByteRange;
import io.mooring.storage.backup.VolumeTarget;
import io.mooring.storage.backup.fault.BackupException;
import io.mooring.storage.backup.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What one has without Mooring: an image cut into objects of 16 MiB, sent and fetched as they are
 * by the same SDK with as many threads. All-zero pieces are left out.
 */
final class PlainCopy {

  private static final int PIECE_BYTES = 16 << 20;

  private interface Piece {
    void run(ByteRange range) throws IOException;
  }

  private final ObjectStore store;
  private final int threads;

  PlainCopy(ObjectStore store, int threads) {
    this.store = store;
    this.threads = threads;
  }

  /** Numbers of the pieces that were sent. */
  List<Long> send(String name, VolumeTarget image) throws IOException, InterruptedException {
    List<Long> sent = new ArrayList<>();
    each(
        pieces(image.sizeBytes()),
        range -> {
          byte[] bytes = new byte[(int) range.lengthBytes()];
          image.read(range.offset(), bytes, 0, bytes.length);
          if (!isZero(bytes)) {
            store.put(nameOf(name, range.offset()), ByteBuffer.wrap(bytes));
            synchronized (sent) {
              sent.add(range.offset());
            }
          }
        });
    return sent;
  }

  void fetch(String name, List<Long> sent, VolumeTarget image)
      throws IOException, InterruptedException {
    List<ByteRange> ranges =
        pieces(image.sizeBytes()).stream().filter(piece -> sent.contains(piece.offset())).toList();
    each(
        ranges,
        range -> {
          byte[] bytes = store.get(nameOf(name, range.offset()));
          image.write(range.offset(), bytes, 0, bytes.length);
        });
    image.flush();
  }

  void delete(String name, List<Long> sent) throws BackupException {
    for (long offset : sent) {
      store.delete(nameOf(name, offset));
    }
  }

  private static String nameOf(String name, long offset) {
    return "plain/%s/%d".formatted(name, offset);
  }

  private static boolean isZero(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  private static List<ByteRange> pieces(long sizeBytes) {
    List<ByteRange> pieces = new ArrayList<>();
    for (long at = 0; at < sizeBytes; at += PIECE_BYTES) {
      pieces.add(new ByteRange(at, Math.min(PIECE_BYTES, sizeBytes - at)));
    }
    return pieces;
  }

  private void each(List<ByteRange> ranges, Piece piece) throws IOException, InterruptedException {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> parts = new ArrayList<>();
      for (ByteRange range : ranges) {
        parts.add(
            executor.submit(() -> {
              piece.run(range);
              return null;
            }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a copy failed", e.getCause());
    }
  }
}
