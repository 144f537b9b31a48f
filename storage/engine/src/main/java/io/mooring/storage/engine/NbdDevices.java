package io.mooring.storage.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The kernel's NBD devices, as far as they serve volumes of one agent. */
public interface NbdDevices {

  /** A new device with a connection to a volume's export; answers with its index. */
  int connect(String volume) throws IOException;

  /** Gives a device a connection in place of its dead one. It gets every open request again. */
  void reconnect(int index, String volume) throws IOException;

  /** Shows another size. */
  void resize(int index, String volume, long sizeBytes) throws IOException;

  /** The devices that exist, by volume; also those that an earlier process has connected. */
  Map<String, Integer> connected() throws IOException;

  /**
   * Takes a device away that nobody uses.
   *
   * @throws IOException if it is in use; it stays as it is then
   */
  void release(int index) throws IOException;

  /** Takes a device away from under its users: what waits for it fails. */
  void disconnect(int index) throws IOException;

  /** The block device. */
  Path path(int index);
}
