package io.mooring.volumeagent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.HeadFenced;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFilesTest {

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

  @Test
  void recordsComeBackAsTheyWere() throws IOException {
    RecordFile<HeadFenced> file = new RecordFile<>(directory.resolve("r"), HeadFenced.class);

    assertThat(file.read()).isEmpty();
    file.write(List.of(new HeadFenced(4L), new HeadFenced(5L)));
    assertThat(file.read()).containsExactly(new HeadFenced(4L), new HeadFenced(5L));
  }

  @Test
  void aDamagedCopyCountsAsNone() throws IOException {
    Path path = directory.resolve("r");
    RecordFile<HeadFenced> file = new RecordFile<>(path, HeadFenced.class);
    file.write(List.of(new HeadFenced(4L)));
    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, java.util.Arrays.copyOf(bytes, bytes.length - 20));

    assertThat(file.read()).isEmpty();
  }
}
