package io.mooring.localcluster.demo;

import io.mooring.localcluster.load.AckTimes;
import io.mooring.localcluster.report.Chart;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.Step;
import io.mooring.localcluster.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows a result to people: on the terminal and as a page. */
final class DemoReport {

  private final DemoResult result;

  DemoReport(DemoResult result) {
    this.result = result;
  }

  String text() {
    TextTable steps = new TextTable("step", "took ms", "at ms", "evidence");
    for (Step step : result.steps()) {
      steps.row(step.name(), number(step.durationMs()), number(step.toMs()), step.evidence());
    }
    TextTable checks = new TextTable("check", "result", "seen");
    for (Check check : result.checks()) {
      checks.row(check.name(), check.held() ? "held" : "BROKEN", check.detail());
    }
    return """

    %s
    %s
    clients served again   %s s
    broker serving         %s s
    redundancy restored    %s s
    records lost           %,d of %,d acknowledged
    copied for the move    %,d bytes
    copied on return       %,d of %,d bytes held
    """
        .formatted(
            steps,
            checks,
            seconds(result.clientsServedAgainMs()),
            seconds(result.brokerServingMs()),
            seconds(result.redundancyRestoredMs()),
            result.lostRecords(),
            result.ledger().acknowledged(),
            result.bytesCopiedForTheMove(),
            result.resync().bytesCopied(),
            result.resync().bytesHeld());
  }

  HtmlReport page() {
    List<List<String>> rows = new ArrayList<>();
    for (Step step : result.steps()) {
      rows.add(
          List.of(step.name(), number(step.durationMs()), number(step.toMs()), step.evidence()));
    }
    return new HtmlReport(
            "A node dies: the broker comes back with its data",
            result.startedAt() + " · " + result.machine())
        .figures(figures())
        .heading("What was checked")
        .checks(result.checks())
        .chart(Chart.timeline("The incident", "seconds after the node died", result.steps()))
        .table(List.of("step", "took ms", "at ms", "evidence"), rows)
        .chart(curve("Acknowledged records per second", "records/s", false))
        .chart(curve("Worst produce latency", "ms", true));
  }

  private List<HtmlReport.Figure> figures() {
    return List.of(
        new HtmlReport.Figure(
            seconds(result.clientsServedAgainMs()) + " s", "clients served again"),
        new HtmlReport.Figure(seconds(result.redundancyRestoredMs()) + " s", "redundancy restored"),
        new HtmlReport.Figure(
            "%,d".formatted(result.lostRecords()),
            "lost of %,d acknowledged records".formatted(result.ledger().acknowledged())),
        new HtmlReport.Figure(
            result.bytesCopiedForTheMove() + " B", "data copied to move the broker"),
        new HtmlReport.Figure(
            "%.1f %%".formatted(share()), "of the returned node's data copied to resync it"));
  }

  private double share() {
    return result.resync().bytesHeld() == 0
        ? 0
        : 100.0 * result.resync().bytesCopied() / result.resync().bytesHeld();
  }

  private Chart curve(String title, String unit, boolean latency) {
    List<double[]> points = new ArrayList<>();
    for (AckTimes.Bucket bucket : result.load()) {
      double rate = bucket.acknowledged() * 1000.0 / AckTimes.BUCKET_MS;
      points.add(new double[] {bucket.second(), latency ? bucket.worstLatencyMs() : rate});
    }
    return Chart.lines(
        title,
        "seconds of steady load",
        unit,
        List.of(new Chart.Series(title, points)),
        Map.of("node killed", result.killedAtSecond()));
  }

  private static String number(double value) {
    return "%.0f".formatted(value);
  }

  private static String seconds(double ms) {
    return Double.isNaN(ms) ? "never" : String.format(Locale.ROOT, "%.2f", ms / 1000);
  }
}
