package io.mooring.volumeagent.heads;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.storage.engine.Attacher;
import io.mooring.storage.engine.Attachment;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.VolumeId;
import io.mooring.volumeagent.config.AttacherRoute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutedAttacherTest {

  private static final VolumeId VOLUME = new VolumeId("vol-0123456789ab");

  @TempDir Path directory;

  @Test
  void aNodeThatAttachesByNbdNeedsNoKeeper() throws IOException {
    Devices nbd = new Devices();
    RoutedAttacher attacher =
        new RoutedAttacher(AttacherRoute.NBD, new KeptAttacher(directory), nbd);

    attacher.prepare();

    assertThat(attacher.survivors()).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aDeviceKeepsItsRouteAlthoughAnotherOneWasChosenSince() throws IOException {
    Devices nbd = new Devices();
    nbd.devices.add(VOLUME);
    RoutedAttacher attacher =
        new RoutedAttacher(AttacherRoute.FUSE, new KeptAttacher(directory), nbd);

    attacher.abandon(VOLUME);

    assertThat(nbd.devices).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  /** The kernel's devices; nothing is attached here. */
  private static final class Devices implements Attacher {
    private final List<VolumeId> devices = new ArrayList<>();

    @Override
    public Attachment attach(VolumeHead head) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<VolumeId> survivors() {
      return List.copyOf(devices);
    }

    @Override
    public Attachment resume(VolumeHead head) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void abandon(VolumeId volume) {
      devices.remove(volume);
    }
  }
}
