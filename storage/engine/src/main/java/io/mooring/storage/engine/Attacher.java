package io.mooring.storage.engine;

import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.util.List;

/**
 * A way to give the node's kernel a block device with the contents of a volume.
 *
 * <p>Devices outlive the process that serves them: programs that use them wait until the next
 * process has called {@link #resume}.
 */
public interface Attacher {

  /** Makes a device; its first requests may wait until the head serves. */
  Attachment attach(VolumeHead head) throws IOException;

  /** Volumes whose devices an earlier process has left behind. */
  List<VolumeId> survivors() throws IOException;

  /** Goes on serving a device that an earlier process has left behind. */
  Attachment resume(VolumeHead head) throws IOException;

  /** Fails what waits for a device that was left behind and will not be served any more. */
  void abandon(VolumeId volume) throws IOException;
}
