package io.mooring.volumeagent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {

  @TempDir Path directory;

  @Test
  void aFileIsReplacedAsAWhole() throws IOException {
    DurableFile file = new DurableFile(directory.resolve("a/b"));

    assertThat(file.read()).isEmpty();
    file.write("first, and longer".getBytes(UTF_8));
    file.write("second".getBytes(UTF_8));
    assertThat(file.read().orElseThrow()).asString(UTF_8).isEqualTo("second");
    file.delete();
    file.delete();
    assertThat(file.read()).isEmpty();
  }
}
