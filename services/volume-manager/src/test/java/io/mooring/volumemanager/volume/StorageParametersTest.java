package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import io.mooring.volumemanager.volume.StorageParameters.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageParametersTest {

  @Test
  void nothingGivenMeansOneReplicaOnExt4() {
    assertThat(StorageParameters.parse(Map.of()))
        .isEqualTo(
            new Outcome.Valid(
                new VolumeSpec(
                    1,
                    PoolPriority.LOW,
                    IoProfile.NONE,
                    FileSystem.EXT4,
                    VolumeSpec.Places.ANY,
                    VolumeSpec.Grouping.NONE,
                    Map.of())));
  }

  @Test
  void everyParameterIsReadAndUnknownOnesBecomeLabels() {
    assertThat(
            StorageParameters.parse(
                Map.of(
                    "repl", "3",
                    "priority_io", "HIGH",
                    "io_profile", "none",
                    "fs", "xfs",
                    "nodes", "n1, n2,n3",
                    "racks", "a",
                    "zones", "z",
                    "group", "g",
                    "fg", "true",
                    "sharedv4", "true")))
        .isEqualTo(
            new Outcome.Valid(
                new VolumeSpec(
                    3,
                    PoolPriority.HIGH,
                    IoProfile.NONE,
                    FileSystem.XFS,
                    new VolumeSpec.Places(List.of("n1", "n2", "n3"), List.of("a"), List.of("z")),
                    new VolumeSpec.Grouping("g", true),
                    Map.of("sharedv4", "true"))));
  }

  @ParameterizedTest
  @CsvSource({
    "repl, 0, VOL-001",
    "repl, 4, VOL-001",
    "repl, two, VOL-001",
    "repl, 99999999999, VOL-001",
    "priority_io, fastest, VOL-002",
    "io_profile, db, VOL-003",
    "fs, btrfs, VOL-004",
    "fg, maybe, VOL-005",
    "io_profile, db_remote, VOL-006",
    "fg, true, VOL-007"
  })
  void badValuesAreRefusedWithTheirCode(String key, String value, String code) {
    assertThat(codes(Map.of(key, value))).containsExactly(code);
  }

  @Test
  void fewerNodesThanReplicasAreRefused() {
    assertThat(codes(Map.of("repl", "3", "nodes", "n1,n2,n2"))).containsExactly("VOL-008");
  }

  @Test
  void autoCoalescesFlushesOnlyWithASecondReplica() {
    assertThat(profile("1")).isEqualTo(IoProfile.NONE);
    assertThat(profile("2")).isEqualTo(IoProfile.DB_REMOTE);
  }

  private static IoProfile profile(String repl) {
    return ((Outcome.Valid) StorageParameters.parse(Map.of("repl", repl, "io_profile", "auto")))
        .spec()
        .ioProfile();
  }

  private static List<String> codes(Map<String, String> parameters) {
    return ((Outcome.Invalid) StorageParameters.parse(parameters))
        .problems().stream().map(Rejection::code).toList();
  }
}
