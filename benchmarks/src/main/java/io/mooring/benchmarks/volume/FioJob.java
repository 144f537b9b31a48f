package io.mooring.benchmarks.volume;

import java.util.List;

/** What fio is asked to do, and which of its figures counts. */
enum FioJob {
  RANDOM_WRITE("4 KiB random write, depth 32", Unit.IOPS, "--rw=randwrite --bs=4k --iodepth=32"),
  FLUSHED_WRITE(
      "4 KiB random write, each flushed",
      Unit.IOPS,
      "--rw=randwrite --bs=4k --iodepth=1 --fsync=1"),
  SEQUENTIAL_WRITE(
      "1 MiB sequential write, depth 8", Unit.MB_PER_S, "--rw=write --bs=1m --iodepth=8"),
  FLUSHED_SEQUENTIAL_WRITE(
      "1 MiB sequential write, flush every 64 MiB",
      Unit.MB_PER_S,
      "--rw=write --bs=1m --iodepth=8 --fsync=64"),
  SEQUENTIAL_READ("1 MiB sequential read, depth 8", Unit.MB_PER_S, "--rw=read --bs=1m --iodepth=8");

  private enum Unit {
    IOPS("IOPS", 7, 1),
    MB_PER_S("MB/s", 6, 1024 / 1e6);

    private final String label;
    private final int field;
    private final double factor;

    Unit(String label, int field, double factor) {
      this.label = label;
      this.field = field;
      this.factor = factor;
    }
  }

  /** Distance from a figure of reads to that of writes in fio's terse output, version 3. */
  private static final int TERSE_WRITE = 41;

  private final String title;
  private final Unit unit;
  private final List<String> arguments;

  FioJob(String title, Unit unit, String arguments) {
    this.title = title;
    this.unit = unit;
    this.arguments = List.of(arguments.split(" "));
  }

  String title() {
    return title;
  }

  String unit() {
    return unit.label;
  }

  List<String> arguments() {
    return arguments;
  }

  /** The figure in fio's terse output, version 3, among whatever else it printed. */
  double value(String output) {
    String[] fields =
        output
            .lines()
            .filter(line -> line.startsWith("3;"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("fio printed no result:\n" + output))
            .split(";");
    double read = Double.parseDouble(fields[unit.field]);
    double write = Double.parseDouble(fields[unit.field + TERSE_WRITE]);
    return (read + write) * unit.factor;
  }
}
