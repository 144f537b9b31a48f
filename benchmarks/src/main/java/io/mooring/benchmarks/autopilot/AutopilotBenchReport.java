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

  private static final double MIB = 1L << 20;

  private final AutopilotBenchResult result;

  AutopilotBenchReport(AutopilotBenchResult result) {
    this.result = result;
  }

  String text() {
    StringBuilder text = new StringBuilder("\n");
    if (!result.traces().isEmpty()) {
      text.append(traces()).append('\n');
    }
    if (!result.core().isEmpty()) {
      text.append(core()).append('\n');
    }
    if (!result.service().isEmpty()) {
      text.append(service()).append('\n');
    }
    if (!result.reactionMillis().isEmpty()) {
      text.append(reaction()).append('\n');
    }
    return text.toString();
  }

  HtmlReport page() {
    HtmlReport page = new HtmlReport("What the autopilot is worth", result.machine());
    if (!result.traces().isEmpty()) {
      showTraces(page);
    }
    if (!result.core().isEmpty()) {
      page.heading("Rule evaluations a second: the decisions alone");
      page.paragraph("One thread, no Kafka, no store; by the thread's processor time.");
      page.table(core().header(), core().rows());
    }
    if (!result.service().isEmpty()) {
      showService(page);
    }
    if (!result.reactionMillis().isEmpty()) {
      showReaction(page);
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
            curves(row -> row.outcome().fullMoments()),
            Map.of()));
    page.chart(
        Chart.lines(
            "The same in seconds",
            "spare GiB hours, all traces",
            "seconds at 100 %",
            curves(row -> row.outcome().fullSeconds()),
            Map.of()));
  }

  private List<Chart.Series> curves(ToDoubleFunction<TraceComparison.Row> y) {
    List<Chart.Series> curves = new ArrayList<>();
    for (String keeper : TraceComparison.keepers()) {
      Map<Double, double[]> points = new LinkedHashMap<>();
      for (TraceComparison.Row row : result.traces()) {
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
    TextTable table =
        new TextTable(
            "trace, threshold %.0f %%".formatted(TraceComparison.TABLE_THRESHOLD),
            "kept by",
            "times full",
            "seconds full",
            "spare GiB h",
            "resizes");
    for (TraceComparison.Row row : result.traces()) {
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

  private void showService(HtmlReport page) {
    page.heading("Rule evaluations a second: the service on a real Kafka");
    page.paragraph(
        "Measurements are written, read, evaluated and committed; Kafka, the registry and the"
            + " generator of the measurements share the processors with the service. At first sight"
            + " each rule on each volume is an event and each volume goes to the state store.");
    page.table(service().header(), service().rows());
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    for (ServiceRate.Result rate : result.service()) {
      bars.put(
          "%,d volumes, %d instance(s)".formatted(rate.volumes(), rate.instances()),
          List.of(rate.steadyPerSecond()));
    }
    page.chart(Chart.bars("Evaluations a second", "1/s", bars));
  }

  private TextTable service() {
    TextTable table =
        new TextTable(
            "the service",
            "instances",
            "first sight",
            "afterwards",
            "CPU each",
            "heap",
            "resident");
    for (ServiceRate.Result rate : result.service()) {
      table.row(
          "%,d volumes, %d rules".formatted(rate.volumes(), rate.rules()),
          rate.instances(),
          rate.firstPerSecond() == 0 ? "-" : whole(rate.firstPerSecond()) + " /s",
          whole(rate.steadyPerSecond()) + " /s",
          String.format(Locale.ROOT, "%.1f us", rate.microsPerEvaluation()),
          whole(rate.heapBytes() / MIB) + " MiB",
          whole(rate.residentBytes() / MIB) + " MiB");
    }
    return table;
  }

  private void showReaction(HtmlReport page) {
    page.heading("From the crossed threshold to the command");
    page.paragraph(
        "From the moment at which a measurement above the threshold is written to the moment at"
            + " which the committed command is read. An agent measures every two seconds, which"
            + " comes before this.");
    page.table(reaction().header(), reaction().rows());
    List<Double> sorted = sorted();
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) {
      points.add(new double[] {sorted.get(i), 100.0 * (i + 1) / sorted.size()});
    }
    page.chart(
        Chart.lines(
            "Share of reactions that were faster",
            "ms",
            "%",
            List.of(new Chart.Series("crossing to command", points)),
            Map.of()));
  }

  private TextTable reaction() {
    return new TextTable("crossing to command", "median", "p99", "slowest")
        .row(
            "%d reactions".formatted(result.reactionMillis().size()),
            whole(percentile(0.5)) + " ms",
            whole(percentile(0.99)) + " ms",
            whole(percentile(1)) + " ms");
  }

  private double percentile(double share) {
    List<Double> sorted = sorted();
    return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
  }

  private List<Double> sorted() {
    return result.reactionMillis().stream().sorted().toList();
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }
}
