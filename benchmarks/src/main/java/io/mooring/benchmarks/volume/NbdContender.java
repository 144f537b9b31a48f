package io.mooring.benchmarks.volume;

/**
 * A running NBD server.
 *
 * @param uri where fio finds its export
 * @param end stops it
 */
record NbdContender(String name, String uri, End end) {

  /** Name of every server's export. */
  static final String EXPORT = "volume";

  @FunctionalInterface
  interface End {
    void stop() throws InterruptedException;
  }

  static NbdContender at(int port, String name, End end) {
    return new NbdContender(name, "nbd://127.0.0.1:%d/%s".formatted(port, EXPORT), end);
  }
}
