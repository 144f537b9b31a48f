package io.mooring.localcluster.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.Installation;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.ProcessStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationProgramsTest {

  @TempDir private Path home;

  @Test
  void aStoreThatIsStartedAgainKeepsThePassphraseOfItsContent() throws IOException {
    Path jars = Files.createDirectories(home.resolve("storage/s3/server/target/s3proxy"));
    Files.writeString(jars.resolve("s3proxy.jar"), "");
    ClusterFiles files = ClusterFiles.of(home, "east");
    ProcessStarter starter =
        new ProcessStarter(files::log, new ClassArchives(home.resolve("aot")), false);
    MigrationPrograms programs =
        new MigrationPrograms(
            new ServicePrograms(new Installation(home), files, starter, ""), starter, files);
    Path passphrase = files.controlData(MigrationPrograms.STORE).resolve("passphrase");

    programs.store(List.of());
    String first = Files.readString(passphrase);
    programs.store(List.of());

    assertThat(first).hasSize(64);
    assertThat(passphrase).hasContent(first);
  }
}
