package io.mooring.localcluster;

/** Tells a waiting person what is being done. */
@FunctionalInterface
public interface Progress {

  void say(String line);

  /** Prints to standard output, with the time since the start. */
  static Progress onStandardOutput() {
    long started = System.nanoTime();
    return line -> System.out.printf("[%6.1f s] %s%n", (System.nanoTime() - started) / 1e9, line);
  }
}
