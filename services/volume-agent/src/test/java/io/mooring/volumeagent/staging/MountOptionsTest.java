package io.mooring.volumeagent.staging;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.linux.Mounts.Flag;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountOptionsTest {

  @Test
  void optionsOfTheKernelBecomeFlagsAndTheRestGoesToTheFileSystem() {
    MountOptions options =
        MountOptions.of(List.of("noatime,data=ordered", "rw", "commit=5", "nosuid"), true);

    assertThat(options.flags())
        .isEqualTo(Set.of(Flag.NO_ACCESS_TIMES, Flag.NO_SET_UID, Flag.READ_ONLY));
    assertThat(options.fileSystemOptions()).isEqualTo("data=ordered,commit=5");
  }

  @Test
  void nothingAskedForIsNothingSet() {
    assertThat(MountOptions.of(List.of(), false)).isEqualTo(new MountOptions(Set.of(), ""));
  }
}
