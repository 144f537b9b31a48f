package io.mooring.volumeagent.heads;

import io.mooring.storage.engine.VolumeHead;
import java.io.IOException;
import java.nio.file.Path;

/** A way to show a head to the kernel as a block device that outlives the agent. */
public interface BlockRoute {

  /** Makes a device. */
  BlockNode attach(VolumeHead head) throws IOException;

  /**
   * Whether an earlier run of the agent has left a device of the volume whose users are waiting.
   */
  boolean canResume(String volumeId) throws IOException;

  /** Serves a device again that an earlier run of the agent has made. */
  BlockNode resume(VolumeHead head) throws IOException;

  /** A device of a head. */
  interface BlockNode {

    Path device();

    /** Name of the route, for reports. */
    String route();

    /** The head has grown: shows it to the device's users. */
    void refreshSize() throws IOException;

    /** Takes the device away; nobody uses it any more. */
    void detach() throws IOException;

    /** Fails everything that is under way and takes the device away from under its users. */
    void abort() throws IOException;
  }
}
