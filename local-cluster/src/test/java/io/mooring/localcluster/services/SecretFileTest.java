package io.mooring.localcluster.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {

  @TempDir private Path folder;

  @Test
  void onlyItsOwnerReadsASecretAndItStaysTheSame() throws IOException {
    Path file = folder.resolve("keys").resolve("secret");

    SecretFile.make(file);
    String secret = Files.readString(file);
    SecretFile.make(file);

    assertThat(secret).matches("[0-9a-f]{64}");
    assertThat(Files.readString(file)).isEqualTo(secret);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(files(file.getParent())).containsExactly(file);
  }

  @Test
  void aSecretAppearsWithItsContent() throws IOException {
    // The place is taken by a link that leads nowhere: it does not exist, and is not replaced by
    // writing through it.
    Path file = folder.resolve("secret");
    Files.createSymbolicLink(file, folder.resolve("nowhere"));

    SecretFile.make(file);

    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(Files.readString(file)).hasSize(64);
    assertThat(files(folder)).containsExactly(file);
    assertThatThrownBy(() -> SecretFile.make(file.resolve("below")))
        .isInstanceOf(IOException.class);
    assertThat(files(folder)).containsExactly(file);
  }

  private static Stream<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    }
  }
}
