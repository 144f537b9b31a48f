package io.mooring.storage.engine;

import java.io.IOException;
import java.nio.file.Path;

/** The block device of an attached volume. */
public interface Attachment {

  /** The block device. */
  Path device();

  /** How requests reach the head, for reports: {@code fuse} or {@code nbd}. */
  String route();

  /**
   * Gives the device the head's new size while it is in use, and returns when it has it.
   *
   * @param bytes the head's size
   */
  void refreshSize(long bytes) throws IOException;

  /**
   * Takes the device away. Nobody uses it any more; the head is closed afterwards.
   *
   * @throws IOException if the device is still in use; it is then served on
   */
  void detach() throws IOException;

  /** Fails every request and takes the device away from under its users: the head was fenced. */
  void abort() throws IOException;
}
