package io.mooring.localcluster.services;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A secret that programs are given as a file, which nobody but its owner may read. */
final class SecretFile {

  private static final int SECRET_BYTES = 32;

  private SecretFile() {}

  /**
   * Makes it, unless it is there: whoever is started again goes on with the same secret. It appears
   * with its content, so that a crash never leaves an empty one, which everybody would know.
   */
  static void make(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    Path draft =
        Files.createTempFile(
            folder,
            file.getFileName().toString(),
            ".draft",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      byte[] text = HexFormat.of().formatHex(secret).getBytes(StandardCharsets.US_ASCII);
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(text);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
