package io.mooring.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {

  private static final URI ELSEWHERE = URI.create("http://west:8083");

  @TempDir private Path folder;

  @Test
  void theLocalClustersTokenIsShownToTheLocalClusterOnly() throws IOException {
    Path local = Files.writeString(folder.resolve("pair-token"), "secret");

    assertThat(Target.tokenFile(null, null, local.toString())).contains(local);
    assertThat(Target.tokenFile(null, ELSEWHERE, local.toString())).isEmpty();
  }

  @Test
  void aTokenThatIsGivenIsShownWhoeverIsAsked() {
    Path given = folder.resolve("given");

    assertThat(Target.tokenFile(given, ELSEWHERE, "local")).contains(given);
    assertThat(Target.tokenFile(given, null, "local")).contains(given);
  }

  @Test
  void aClusterWithoutMigratorHasNoToken() {
    assertThat(Target.tokenFile(null, null, folder.resolve("pair-token").toString())).isEmpty();
    assertThat(Target.tokenFile(null, null, null)).isEmpty();
  }
}
