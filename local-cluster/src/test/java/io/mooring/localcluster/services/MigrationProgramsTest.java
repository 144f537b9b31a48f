package io.mooring.localcluster.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.localcluster.ClusterFiles;
import io.mooring.localcluster.Installation;
import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.ProcessStarter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationProgramsTest {

  @TempDir private Path home;

  @Test
  void aStoreThatIsStartedAgainKeepsThePassphraseOfItsContent() throws IOException {
    Path passphrase =
        ClusterFiles.of(home, "east").controlData(MigrationPrograms.STORE).resolve("passphrase");
    MigrationPrograms programs = programs();

    programs.store(List.of());
    String first = Files.readString(passphrase);
    programs.store(List.of());

    assertThat(first).hasSize(64);
    assertThat(passphrase).hasContent(first);
    assertThat(permissions(passphrase)).isEqualTo("rw-------");
  }

  @Test
  void aMigratorThatIsStartedAgainDemandsTheSameTokenAndShowsItToNobody() throws IOException {
    MigrationPrograms programs = programs();

    List<String> command = programs.migrator("").command();
    Path token = home.resolve(".mooring/west/control/migrator/pair-token");
    String first = Files.readString(token);
    programs.migrator("");

    assertThat(first).hasSize(64);
    assertThat(token).hasContent(first);
    assertThat(permissions(token)).isEqualTo("rw-------");
    assertThat(command)
        .contains("-Dmooring.migrator.pair-token-file=" + token)
        .noneMatch(word -> word.contains(first));
  }

  /** Of a cluster that uses the store of another one. */
  private MigrationPrograms programs() throws IOException {
    Path jars = Files.createDirectories(home.resolve("storage/s3/server/target/s3proxy"));
    Files.writeString(jars.resolve("s3proxy.jar"), "");
    Path service = Files.createDirectories(home.resolve("services/migrator/target/quarkus-app"));
    Files.writeString(service.resolve("quarkus-run.jar"), "");
    ClusterFiles files = ClusterFiles.of(home, "west");
    ProcessStarter starter =
        new ProcessStarter(files::log, new ClassArchives(home.resolve("aot")), false);
    return new MigrationPrograms(
        new ServicePrograms(new Installation(home), files, starter, ""),
        starter,
        files,
        ClusterFiles.of(home, "east"));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
