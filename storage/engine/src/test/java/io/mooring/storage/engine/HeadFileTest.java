package io.mooring.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.HeadRecord;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadFileTest {

  private static final ReplicaId R1 = new ReplicaId("r1");
  private static final ReplicaId R2 = new ReplicaId("r2");
  private static final ReplicaId R3 = new ReplicaId("r3");

  @TempDir Path directory;

  @Test
  void everythingThatAResumedHeadNeedsIsKept() throws IOException {
    HeadFile file = new HeadFile(directory.resolve("vol/head"));
    assertThat(file.read()).isEmpty();
    file.write(content(List.of(R3)));
    HeadFile.Content newest = content(List.of());
    file.write(newest);
    assertThat(file.read()).contains(newest);
    file.remove();
    assertThat(file.read()).isEmpty();
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Path path = directory.resolve("head");
    Files.writeString(path, "volume=vol-1\nepoch=seven\n");
    assertThatThrownBy(() -> new HeadFile(path).read())
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("REP-040", path.toString());
  }

  private static HeadFile.Content content(List<ReplicaId> pendingJoiners) {
    return new HeadFile.Content(
        new VolumeId("vol-1"),
        new HeadRecord(
            Promise.of(7, 3),
            new Membership(new Generation(5), List.of(R1, R2), List.of(R3)),
            pendingJoiners),
        1L << 40,
        FlushProfile.DB_REMOTE,
        Map.of(
            R1, new InetSocketAddress("10.77.0.11", 7420),
            R2, new InetSocketAddress("10.77.0.12", 7420)));
  }
}
