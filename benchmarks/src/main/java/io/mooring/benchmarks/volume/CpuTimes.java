package io.mooring.benchmarks.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Processor seconds used since some moment in the past, by part. What no process used for itself is
 * the kernel's: write-back, the loop device, the network.
 */
record CpuTimes(Map<String, Double> seconds) {

  private static final String KERNEL = "kernel threads and interrupts";
  private static final double TICKS_PER_SECOND = 100;

  static CpuTimes now(Map<String, ProcessHandle> processes) throws IOException {
    Map<String, Double> seconds = new LinkedHashMap<>();
    double all = 0;
    for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
      Duration used = process.getValue().info().totalCpuDuration().orElseThrow();
      seconds.put(process.getKey(), used.toMillis() / 1e3);
      all += used.toMillis() / 1e3;
    }
    seconds.put(KERNEL, machineBusySeconds() - all);
    return new CpuTimes(seconds);
  }

  /** From the first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
  private static double machineBusySeconds() throws IOException {
    String line = Files.readString(Path.of("/proc/stat")).lines().findFirst().orElseThrow();
    String[] ticks = line.split(" +");
    long busy = 0;
    for (int field : new int[] {1, 2, 3, 6, 7}) {
      busy += Long.parseLong(ticks[field]);
    }
    return busy / TICKS_PER_SECOND;
  }

  CpuTimes since(CpuTimes before) {
    Map<String, Double> used = new LinkedHashMap<>();
    seconds.forEach((part, now) -> used.put(part, now - before.seconds.get(part)));
    return new CpuTimes(used);
  }
}
