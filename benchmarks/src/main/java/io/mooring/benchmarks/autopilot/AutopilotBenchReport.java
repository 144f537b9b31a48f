package io.mooring.benchmarks.autopilot;

import io.mooring.localcluster.report.Chart;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Shows the benchmark to people. */
final class AutopilotBenchReport {

  private final AutopilotBenchResult result;

  AutopilotBenchReport(AutopilotBenchResult result) {
    this.result = result;
  }

  String text() {
    StringBuilder text = new StringBuilder("\n");
    if (!result.traces().isEmpty()) {
      text.append(traces()).append('\n');
    }
    if (!result.retention().isEmpty()) {
      text.append(retention()).append('\n');
    }
    if (!result.core().isEmpty()) {
      text.append(core()).append('\n');
    }
    if (!result.stream().isEmpty()) {
      text.append(stream()).append('\n');
    }
    return text.toString();
  }

  HtmlReport page() {
    HtmlReport page = new HtmlReport("What the autopilot is worth", result.machine());
    if (!result.traces().isEmpty()) {
      showTraces(page);
    }
    if (!result.retention().isEmpty()) {
      showRetention(page);
    }
    if (!result.core().isEmpty()) {
      page.heading("Rule evaluations a second: the decisions alone");
      page.paragraph("One thread, no Kafka, no store; by the thread's processor time.");
      page.table(core().header(), core().rows());
    }
    if (!result.stream().isEmpty()) {
      page.heading("Rule evaluations a second: the service");
      page.paragraph(
          "Kafka, registry and each instance are processes on the same machine and share its"
              + " processors; exactly once, with stores and events.");
      page.table(stream().header(), stream().rows());
    }
    return page;
  }

  private void showTraces(HtmlReport page) {
    page.heading("Full disks against spare capacity");
    page.paragraph(
        ("%d days of each kind on a volume of %d GiB. All keepers have the same threshold, step of"
                + " 25 %%, maximum of 1 TiB and pause of a minute; growth takes %d seconds.")
            .formatted(result.seeds(), TraceRun.BEGIN_BYTES >> 30, TraceRun.GROWTH_SECONDS));
    page.table(traces().header(), traces().rows());
    page.chart(
        Chart.lines(
            "Each point is a threshold from 60 to 95 %: further left is cheaper, lower is safer",
            "spare GiB hours, all traces",
            "times a disk was full",
            curves(result.traces(), TraceComparison.keepers(), row -> row.outcome().fullMoments()),
            Map.of()));
    page.chart(
        Chart.lines(
            "The same in seconds",
            "spare GiB hours, all traces",
            "seconds at 100 %",
            curves(result.traces(), TraceComparison.keepers(), row -> row.outcome().fullSeconds()),
            Map.of()));
  }

  private void showRetention(HtmlReport page) {
    page.heading("What the forecast gains from Kafka's retention");
    page.paragraph(
        ("%d days of each kind, with a pause of %d hours between two resizes, as with the disks of"
                + " some clouds. Of the first five kinds retention deletes something; of the others"
                + " it deletes nothing, so nothing may become worse.")
            .formatted(result.seeds(), RetentionComparison.PAUSE_SECONDS / 3600));
    page.table(retention().header(), retention().rows());
    page.chart(
        Chart.lines(
            "Each point is a threshold from 60 to 95 %: further left is cheaper, lower is safer",
            "spare GiB hours, all traces",
            "seconds at 100 %",
            curves(
                result.retention(),
                RetentionComparison.keepers(),
                row -> row.outcome().fullSeconds()),
            Map.of()));
  }

  private TextTable retention() {
    return table(result.retention());
  }

  private static List<Chart.Series> curves(
      List<TraceComparison.Row> rows,
      List<String> keepers,
      ToDoubleFunction<TraceComparison.Row> y) {
    List<Chart.Series> curves = new ArrayList<>();
    for (String keeper : keepers) {
      Map<Double, double[]> points = new LinkedHashMap<>();
      for (TraceComparison.Row row : rows) {
        if (row.keeper().equals(keeper)) {
          double[] point = points.computeIfAbsent(row.threshold(), _ -> new double[2]);
          point[0] += row.outcome().spareGibHours();
          point[1] += y.applyAsDouble(row);
        }
      }
      curves.add(new Chart.Series(keeper, List.copyOf(points.values())));
    }
    return curves;
  }

  private TextTable traces() {
    return table(result.traces());
  }

  private static TextTable table(List<TraceComparison.Row> rows) {
    TextTable table =
        new TextTable(
            "trace, threshold %.0f %%".formatted(TraceComparison.TABLE_THRESHOLD),
            "kept by",
            "times full",
            "seconds full",
            "spare GiB h",
            "resizes");
    for (TraceComparison.Row row : rows) {
      if (row.threshold() == TraceComparison.TABLE_THRESHOLD) {
        table.row(
            row.kind(),
            row.keeper(),
            row.outcome().fullMoments(),
            row.outcome().fullSeconds(),
            whole(row.outcome().spareGibHours()),
            row.outcome().resizes());
      }
    }
    return table;
  }

  private TextTable core() {
    TextTable table =
        new TextTable("the decisions alone", "first sight", "afterwards", "heap per volume");
    for (CoreRate.Result rate : result.core()) {
      table.row(
          "%,d volumes, %d rules".formatted(rate.volumes(), rate.rules()),
          whole(rate.firstPerSecond()) + " /s",
          whole(rate.steadyPerSecond()) + " /s",
          whole(rate.bytesPerVolume()) + " B");
    }
    return table;
  }

  private TextTable stream() {
    TextTable table =
        new TextTable(
            "through Kafka", "instances", "first sight", "afterwards", "memory of an instance");
    for (StreamRate.Result rate : result.stream()) {
      table.row(
          "%,d volumes, %d rules".formatted(rate.volumes(), rate.rules()),
          rate.instances(),
          whole(rate.firstPerSecond()) + " /s",
          whole(rate.steadyPerSecond()) + " /s",
          "%s MiB at most, heap of %s".formatted(whole(rate.peakBytes() >> 20), rate.heap()));
    }
    return table;
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }
}
