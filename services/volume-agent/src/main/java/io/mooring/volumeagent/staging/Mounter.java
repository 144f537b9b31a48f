package io.mooring.volumeagent.staging;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.DeviceContent;
import io.mooring.storage.linux.Errno;
import io.mooring.storage.linux.FilesystemException;
import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.LinuxException;
import io.mooring.storage.linux.Mount;
import io.mooring.storage.linux.Mounts;
import io.mooring.volumeagent.staging.StagingException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/** File systems and mounts of volumes. Every step may be repeated. */
final class Mounter {

  private static final Logger LOG = Logger.getLogger(Mounter.class);

  private Mounter() {}

  /** Mounts a device, with a new file system if there is none. */
  static void mount(
      Path device, Path path, FilesystemType type, Access.Mounted access, Duration limit)
      throws StagingException, IOException {
    if (isMountOf(path, device)) {
      return;
    }
    makeFileSystem(device, type, access, limit);
    Files.createDirectories(path);
    MountOptions options = MountOptions.of(access.flags(), access.readOnly());
    try {
      Mounts.mount(
          device.toString(), path, type.kernelName(), options.flags(), options.fileSystemOptions());
    } catch (LinuxException e) {
      throw new StagingException(
          Reason.FAILED,
          "CSI-030",
          "The "
              + type.kernelName()
              + " file system on "
              + device
              + " cannot be mounted at "
              + path
              + ".",
          e.getMessage() + ".",
          "Check the mount options "
              + access.flags()
              + " and the kernel's log; run fsck on the volume if it is damaged.",
          e);
    }
  }

  private static void makeFileSystem(
      Path device, FilesystemType type, Access.Mounted access, Duration limit)
      throws StagingException, IOException {
    switch (Filesystems.probe(device)) {
      case DeviceContent.Formatted(FilesystemType found) when found == type -> {}
      case DeviceContent.Formatted(FilesystemType found) ->
          throw new StagingException(
              Reason.PRECONDITION,
              "CSI-031",
              device
                  + " carries "
                  + found.kernelName()
                  + ", asked for is "
                  + type.kernelName()
                  + ".",
              "Making another file system would destroy what is on the volume.",
              "Ask for " + found.kernelName() + ", or delete the volume and create it anew.");
      case DeviceContent.Unknown() ->
          throw new StagingException(
              Reason.PRECONDITION,
              "CSI-032",
              device + " holds data that is no file system known here.",
              "It may be a raw volume or a file system that was half made; it was not touched.",
              "Use it as a block device, or delete the volume if its data is not needed.");
      case DeviceContent.Blank() -> format(device, type, access, limit);
    }
  }

  private static void format(
      Path device, FilesystemType type, Access.Mounted access, Duration limit)
      throws StagingException, IOException {
    if (access.readOnly()) {
      throw new StagingException(
          Reason.PRECONDITION,
          "CSI-033",
          device + " has no file system and is wanted read-only.",
          "A file system can only be made by writing.",
          "Use the volume once for writing.");
    }
    try {
      Filesystems.format(device, type, limit);
    } catch (FilesystemException e) {
      throw new StagingException(
          Reason.FAILED,
          "CSI-034",
          "No " + type.kernelName() + " file system could be made on " + device + ".",
          String.valueOf(e.getMessage()),
          "Install the tools that the message names, or see what they say.",
          e);
    }
  }

  /** Shows a directory or a device at a second place. */
  static void bind(Path source, Path target, Access access) throws StagingException, IOException {
    if (Mounts.at(target).isPresent()) {
      return;
    }
    Files.createDirectories(target.toAbsolutePath().getParent());
    switch (access) {
      case Access.Mounted _ -> Files.createDirectories(target);
      case Access.Block _ -> {
        if (!Files.exists(target)) {
          Files.createFile(target);
        }
      }
    }
    try {
      Mounts.bind(source, target, access.readOnly());
    } catch (LinuxException e) {
      throw new StagingException(
          Reason.FAILED,
          "CSI-030",
          source + " cannot be shown at " + target + ".",
          e.getMessage() + ".",
          "Check that nothing else uses the path.",
          e);
    }
  }

  /** Shows a block device at a file, in place of another one that was shown there. */
  static void bindDevice(Path device, Path target) throws IOException {
    Optional<Mount> present = Mounts.at(target);
    if (present.isPresent() && present.get().root().equals("/" + device.getFileName())) {
      return;
    }
    if (present.isPresent()) {
      Mounts.unmountLazily(target);
    }
    if (Files.exists(target)) {
      Mounts.bind(device, target, present.filter(Mount::isReadOnly).isPresent());
    }
  }

  /** Unmounts a path; nothing to do if nothing is mounted there. */
  static void unmount(Path path) throws StagingException, IOException {
    // More than one mount may lie on top of each other after a crash at the wrong moment.
    while (Mounts.at(path).isPresent()) {
      try {
        Mounts.unmount(path);
      } catch (LinuxException e) {
        if (e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT) {
          return;
        }
        throw new StagingException(
            Reason.UNAVAILABLE,
            "CSI-035",
            path + " cannot be unmounted.",
            e.getMessage() + ".",
            "End the processes that use it (fuser -m " + path + ") and try again.",
            e);
      }
    }
  }

  /** Takes a mount away from under its users. */
  static void unmountLazily(Path path) {
    try {
      while (Mounts.at(path).isPresent()) {
        Mounts.unmountLazily(path);
      }
    } catch (IOException e) {
      LOG.errorf(e, "A mount of a lost volume is still there. path=%s", path);
    }
  }

  /**
   * Writes back what was written to the device itself. Unmounting does that for a file system; for
   * a block device nobody does, and the kernel fails writes that are still cached when a loop
   * device is detached.
   */
  static void sync(Path device) throws IOException {
    try (BlockFile open = BlockFile.open(device, BlockFile.Access.READ_WRITE)) {
      open.dataSync();
    }
  }

  /** Removes the directory or file that a target was mounted on. */
  static void removeTarget(Path target) throws IOException {
    try {
      Files.deleteIfExists(target);
    } catch (NoSuchFileException _) {
      // Gone is what was wanted.
    }
  }

  /** Whether the device is what is mounted at the path. */
  static boolean isMountOf(Path path, Path device) throws IOException {
    Optional<Mount> mount = Mounts.at(path);
    return mount.isPresent() && mount.get().source().equals(device.toString());
  }
}
