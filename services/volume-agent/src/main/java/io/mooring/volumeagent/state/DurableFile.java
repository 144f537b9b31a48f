package io.mooring.volumeagent.state;

import io.mooring.storage.linux.BlockFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A small file that is replaced as a whole: after a crash it holds the old bytes or the new ones.
 */
public final class DurableFile {

  private final Path path;

  public DurableFile(Path path) {
    this.path = path;
  }

  /** When this returns, the bytes survive a crash of the machine. */
  public void write(byte[] bytes) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path next = path.resolveSibling(path.getFileName() + ".next");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(false);
    }
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    BlockFile.syncDirectory(directory);
  }

  /** The bytes, or empty if nothing was ever written. */
  public Optional<byte[]> read() throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** When this returns, the file is gone for good. */
  public void delete() throws IOException {
    if (Files.deleteIfExists(path)) {
      BlockFile.syncDirectory(path.toAbsolutePath().getParent());
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
