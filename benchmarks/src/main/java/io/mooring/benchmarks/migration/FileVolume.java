package io.mooring.benchmarks.migration;

import io.mooring.storage.backup.ByteRange;
import io.mooring.storage.backup.VolumeTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** An image file as a volume. A source does not know its holes; a target is new and empty. */
final class FileVolume implements VolumeTarget, AutoCloseable {

  private final FileChannel file;
  private final long sizeBytes;
  private final boolean empty;

  private FileVolume(FileChannel file, long sizeBytes, boolean empty) {
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.empty = empty;
  }

  static FileVolume source(Path image) throws IOException {
    FileChannel file = FileChannel.open(image, StandardOpenOption.READ);
    return new FileVolume(file, file.size(), false);
  }

  static FileVolume target(Path image, long sizeBytes) throws IOException {
    FileChannel file =
        FileChannel.open(
            image,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ,
            StandardOpenOption.SPARSE);
    file.write(ByteBuffer.allocate(1), sizeBytes - 1);
    return new FileVolume(file, sizeBytes, true);
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public List<ByteRange> data(ByteRange within) {
    return empty ? List.of() : List.of(within);
  }

  @Override
  public void read(long offset, byte[] into, int at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, at, length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, offset + length - buffer.remaining()) < 0) {
        throw new IOException("the image ends before " + (offset + length));
      }
    }
  }

  @Override
  public void write(long offset, byte[] from, int at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(from, at, length);
    while (buffer.hasRemaining()) {
      file.write(buffer, offset + length - buffer.remaining());
    }
  }

  @Override
  public void zero(ByteRange range) throws IOException {
    throw new IOException("a new image has nothing to zero");
  }

  @Override
  public void flush() throws IOException {
    file.force(false);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
