package io.mooring.localcluster.report;

/** The machine that figures come from: they mean nothing without it. */
public final class Host {

  private Host() {}

  public static String describe() {
    Runtime runtime = Runtime.getRuntime();
    return "%d processors, %s, Java %s"
        .formatted(runtime.availableProcessors(), System.getProperty("os.arch"), Runtime.version());
  }
}
