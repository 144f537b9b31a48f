package io.mooring.volumeagent.heads;

import io.mooring.storage.engine.Attacher;
import io.mooring.storage.engine.Attachment;
import io.mooring.storage.engine.NbdAttacher;
import io.mooring.storage.engine.VolumeHead;
import io.mooring.storage.replication.VolumeId;
import io.mooring.volumeagent.config.AttacherRoute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Attaches by the route that was chosen when the agent started, and goes on with what an earlier
 * run has attached by either: a device keeps its route as long as it lives.
 */
public final class RoutedAttacher implements Attacher {

  private final AttacherRoute route;
  private final KeptAttacher fuse;
  private final Attacher nbd;

  /**
   * @param directory state directory of the agent; what survives it is found by this path
   */
  public RoutedAttacher(Path directory, AttacherRoute route) {
    this(route, new KeptAttacher(directory), new NbdAttacher(directory.resolve("kernel.sock")));
  }

  RoutedAttacher(AttacherRoute route, KeptAttacher fuse, Attacher nbd) {
    this.route = route;
    this.fuse = fuse;
    this.nbd = nbd;
  }

  /** Does what takes time before the first volume is attached. */
  public void prepare() throws IOException {
    switch (route) {
      case FUSE -> fuse.ensureKeeper();
      case NBD -> {} // the kernel keeps its devices by itself
    }
  }

  @Override
  public Attachment attach(VolumeHead head) throws IOException {
    return switch (route) {
      case FUSE -> fuse.attach(head);
      case NBD -> nbd.attach(head);
    };
  }

  @Override
  public List<VolumeId> survivors() throws IOException {
    List<VolumeId> all = new ArrayList<>(nbd.survivors());
    if (route == AttacherRoute.FUSE || fuse.hasKeeper()) {
      all.addAll(fuse.survivors());
    }
    return all;
  }

  @Override
  public Attachment resume(VolumeHead head) throws IOException {
    return owner(head.volume()).resume(head);
  }

  @Override
  public void abandon(VolumeId volume) throws IOException {
    owner(volume).abandon(volume);
  }

  private Attacher owner(VolumeId volume) throws IOException {
    return nbd.survivors().contains(volume) ? nbd : fuse;
  }
}
