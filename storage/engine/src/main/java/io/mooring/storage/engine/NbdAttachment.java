package io.mooring.storage.engine;

import java.io.IOException;
import java.nio.file.Path;

/** A device of the kernel's NBD client. */
final class NbdAttachment implements Attachment {

  private final NbdAttacher attacher;
  private final NbdDevices devices;
  private final VolumeHead head;
  private final int index;

  /** Guarded by this: a device that is gone must get no connection, its index may be another's. */
  private boolean gone;

  NbdAttachment(NbdAttacher attacher, NbdDevices devices, VolumeHead head, int index) {
    this.attacher = attacher;
    this.devices = devices;
    this.head = head;
    this.index = index;
  }

  VolumeHead head() {
    return head;
  }

  @Override
  public Path device() {
    return devices.path(index);
  }

  @Override
  public String route() {
    return "nbd";
  }

  @Override
  public synchronized void refreshSize(long bytes) throws IOException {
    if (!gone) {
      devices.resize(index, head.volume().value(), bytes);
    }
  }

  /** Tried again at the next look if it fails. */
  synchronized void reconnect() {
    if (gone) {
      return;
    }
    try {
      devices.reconnect(index, head.volume().value());
    } catch (IOException e) {
      System.getLogger(NbdAttachment.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "Device {0} of volume {1} got no connection: {2}",
              device(),
              head.volume(),
              e.getMessage());
    }
  }

  @Override
  public synchronized void detach() throws IOException {
    devices.release(index);
    end();
  }

  @Override
  public synchronized void abort() throws IOException {
    devices.disconnect(index);
    end();
  }

  private void end() {
    gone = true;
    attacher.gone(head.volume());
  }
}
