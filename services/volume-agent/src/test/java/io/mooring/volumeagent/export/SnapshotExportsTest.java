package io.mooring.volumeagent.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.storage.nbd.NbdClient;
import io.mooring.storage.replication.SnapshotId;
import io.mooring.volumeagent.snapshots.OneVolume;
import io.mooring.volumeagent.staging.StagingException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When exports of snapshots begin and end, on a real replica and a real server. */
@Timeout(60)
class SnapshotExportsTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path directory;

  private final AtomicLong clock = new AtomicLong();
  private final AtomicBoolean good = new AtomicBoolean(true);
  private OneVolume volume;
  private ExportServer server;
  private SnapshotExports exports;

  @BeforeEach
  void start() throws Exception {
    volume = new OneVolume(directory.resolve("node"), 1);
    volume.head.snapshot(new SnapshotId("x")).get(20, TimeUnit.SECONDS);
    server = new ExportServer(new ExportServer.Settings(Optional.empty(), socket()));
    exports =
        new SnapshotExports(
            server,
            id -> id.equals(OneVolume.ID) ? Optional.of(volume.replica()) : Optional.empty(),
            (volumeId, snapshotId, replicaId) -> good.get(),
            clock::get);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    volume.close();
  }

  @Test
  void anExportThatNobodyUsesGoesAfterAWhileAndOneThatIsUsedStays() throws Exception {
    ExportServer.Export export = exports.export(OneVolume.ID, "x");
    assertThat(export.tcp()).isNull();
    assertThat(export.readOnly()).isTrue();
    try (NbdClient client = connect()) {
      await().until(() -> server.connections(export.name()) == 1);
      pass(Duration.ofMinutes(60));
      assertThat(client.sizeBytes()).isEqualTo(export.sizeBytes());
      assertThat(exports.isExported(OneVolume.ID, "x")).isTrue();
    }
    await().until(() -> server.connections(export.name()) == 0);
    pass(Duration.ofMinutes(14));
    assertThat(exports.isExported(OneVolume.ID, "x")).isTrue();
    exports.export(OneVolume.ID, "x");
    pass(Duration.ofMinutes(14));
    assertThat(exports.isExported(OneVolume.ID, "x")).isTrue();

    pass(Duration.ofMinutes(2));

    assertThat(exports.isExported(OneVolume.ID, "x")).isFalse();
    assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
  }

  @Test
  void theExportOfADeletedSnapshotEnds() throws Exception {
    exports.export(OneVolume.ID, "x");
    volume.replica().snapshots().delete(new SnapshotId("x"));

    pass(Duration.ZERO);

    assertThat(exports.count()).isZero();
    assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
  }

  @Test
  void whatNoCompleteSetListsIsNotExported() {
    good.set(false);
    assertRefused(OneVolume.ID, "x");
    good.set(true);
    assertRefused(OneVolume.ID, "y");
    assertRefused("vol-elsewhere", "x");
    assertThat(exports.count()).isZero();
  }

  private void assertRefused(String volumeId, String snapshotId) {
    assertThatThrownBy(() -> exports.export(volumeId, snapshotId))
        .isInstanceOfSatisfying(
            StagingException.class, e -> assertThat(e.code()).isEqualTo("SNP-063"));
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
    exports.withdrawEnded();
  }

  private NbdClient connect() throws IOException {
    return NbdClient.connect(
        UnixDomainSocketAddress.of(socket()), SnapshotExports.name(OneVolume.ID, "x"), LIMIT);
  }

  private Path socket() {
    return directory.resolve("nbd.sock");
  }
}
