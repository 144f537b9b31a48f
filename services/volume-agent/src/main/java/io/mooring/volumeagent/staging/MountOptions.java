package io.mooring.volumeagent.staging;

import io.mooring.storage.linux.Mounts;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Mount options as mount(2) takes them: those of the kernel as flags, those of the file system as
 * text.
 *
 * @param flags of the kernel
 * @param fileSystemOptions of the file system, comma separated, empty for none
 */
record MountOptions(Set<Mounts.Flag> flags, String fileSystemOptions) {

  static MountOptions of(List<String> options, boolean readOnly) {
    Set<Mounts.Flag> flags = EnumSet.noneOf(Mounts.Flag.class);
    StringJoiner rest = new StringJoiner(",");
    if (readOnly) {
      flags.add(Mounts.Flag.READ_ONLY);
    }
    for (String list : options) {
      for (String option : list.split(",")) {
        switch (option.strip()) {
          case "ro" -> flags.add(Mounts.Flag.READ_ONLY);
          case "nosuid" -> flags.add(Mounts.Flag.NO_SET_UID);
          case "nodev" -> flags.add(Mounts.Flag.NO_DEVICES);
          case "noexec" -> flags.add(Mounts.Flag.NO_EXEC);
          case "noatime" -> flags.add(Mounts.Flag.NO_ACCESS_TIMES);
          // What is the default anyway is no option of any file system.
          case "", "rw", "suid", "dev", "exec", "defaults" -> {}
          default -> rest.add(option.strip());
        }
      }
    }
    return new MountOptions(flags, rest.toString());
  }
}
