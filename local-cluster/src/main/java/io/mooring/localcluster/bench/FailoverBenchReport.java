package io.mooring.localcluster.bench;

import io.mooring.localcluster.report.Chart;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.Median;
import io.mooring.localcluster.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shows the benchmark to people. */
final class FailoverBenchReport {

  private final FailoverBenchResult result;

  FailoverBenchReport(FailoverBenchResult result) {
    this.result = result;
  }

  String text() {
    return """

    %s
    %s
    reattach:      %+.3f s per GB (standard error %.3f), %s
    reassignment:  %+.3f s per GB, R2 %.3f
    """
        .formatted(
            sizes(),
            steps(),
            result.reattachLine().slope(),
            result.reattachLine().slopeError(),
            result.reattachLine().isFlat() ? "flat within noise" : "NOT flat",
            result.reassignmentLine().slope(),
            result.reassignmentLine().rSquared());
  }

  HtmlReport page() {
    List<double[]> reattach = new ArrayList<>();
    result
        .reattach()
        .forEach(seen -> reattach.add(new double[] {seen.gbPerBroker(), seen.servingMs() / 1000}));
    List<double[]> copies = new ArrayList<>();
    result
        .reassignment()
        .forEach(copy -> copies.add(new double[] {copy.gbPerBroker(), copy.seconds()}));
    return new HtmlReport("Reattach beside reassignment", result.machine())
        .paragraph(
            "Reattach: node killed to broker serving on another node. Reassignment: Kafka copies"
                + " everything that one broker holds to an empty broker.")
        .chart(
            Chart.lines(
                "Time by size",
                "GB per broker",
                "seconds",
                List.of(
                    new Chart.Series("Mooring: reattach, median", medians()),
                    Chart.Series.scattered("Mooring: each node kill", reattach),
                    new Chart.Series("Kafka: reassignment", copies)),
                Map.of()))
        .table(sizes().header(), sizes().rows())
        .heading("Steps of a failover")
        .table(steps().header(), steps().rows());
  }

  private List<double[]> medians() {
    return result.sizesGb().stream()
        .map(size ->
            new double[] {
              size,
              Median.of(seenAt(size).stream().map(FailoverBenchResult.Reattach::servingMs).toList())
                  / 1000
            })
        .toList();
  }

  private List<FailoverBenchResult.Reattach> seenAt(double size) {
    return result.reattach().stream().filter(seen -> seen.gbPerBroker() == size).toList();
  }

  private TextTable sizes() {
    TextTable table =
        new TextTable(
            "GB per broker",
            "detected s (median)",
            "serving s (median)",
            "ISR full s (median)",
            "reassignment s");
    for (double size : result.sizesGb()) {
      List<FailoverBenchResult.Reattach> seen = seenAt(size);
      table.row(
          size,
          seconds(seen.stream().map(FailoverBenchResult.Reattach::detectedMs).toList()),
          seconds(seen.stream().map(FailoverBenchResult.Reattach::servingMs).toList()),
          seconds(seen.stream().map(FailoverBenchResult.Reattach::isrFullMs).toList()),
          result.reassignment().stream()
              .filter(copy -> copy.gbPerBroker() == size)
              .map(copy -> "%.1f".formatted(copy.seconds()))
              .findFirst()
              .orElse("-"));
    }
    return table;
  }

  private TextTable steps() {
    TextTable table = new TextTable("step", "median ms");
    result.stepMedianMs().forEach((name, ms) -> table.row(name, "%.0f".formatted(ms)));
    return table;
  }

  private static String seconds(List<Double> ms) {
    return ms.isEmpty() ? "-" : "%.2f".formatted(Median.of(ms) / 1000);
  }
}
