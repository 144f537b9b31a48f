package io.mooring.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTest {
  @Test
  void parsesALineWithOptionalFields() {
    Mount mount =
        Mount.parse(
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue");

    assertThat(mount)
        .isEqualTo(new Mount(Path.of("/mnt2"), "/dev/root", "ext3", "/mnt1", "rw,noatime"));
    assertThat(mount.isReadOnly()).isFalse();
  }

  @Test
  void parsesEscapedNamesAndNoOptionalFields() {
    Mount mount = Mount.parse("36 35 98:0 / /a\\040b\\134c ro - xfs /dev/loop1 rw");

    assertThat(mount.target()).isEqualTo(Path.of("/a b\\c"));
    assertThat(mount.isReadOnly()).isTrue();
  }

  @Test
  void findsTheRootMount() throws Exception {
    assertThat(Mounts.at(Path.of("/proc")))
        .hasValueSatisfying(mount -> assertThat(mount.type()).isEqualTo("proc"));
    assertThat(Mounts.at(Path.of("/no/such/mount"))).isEmpty();
  }
}
