package io.mooring.localcluster.migration;

import io.mooring.localcluster.load.AckTimes;
import io.mooring.localcluster.report.Chart;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.TextTable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows a result to people: on the terminal and as a page. */
final class MigrationReport {

  private static final double MIB = 1 << 20;

  private final MigrationResult result;

  MigrationReport(MigrationResult result) {
    this.result = result;
  }

  String text() {
    TextTable checks = new TextTable("check", "result", "seen");
    for (Check check : result.checks()) {
      checks.row(check.name(), check.held() ? "held" : "BROKEN", check.detail());
    }
    return "\n%s\n%s\n%s".formatted(rows(), bytes(), checks);
  }

  HtmlReport page() {
    HtmlReport page =
        new HtmlReport(
            "A Kafka cluster moves through an object store while it serves",
            result.startedAt() + " · " + result.machine());
    page.figures(figures()).heading("The migrations").table(rows().header(), rows().rows());
    for (Leg leg : result.migrations()) {
      page.paragraph("%s: %s.".formatted(leg.row().name(), leg.purpose()));
    }
    page.heading("What was checked").checks(result.checks());
    page.heading("Bytes").table(bytes().header(), bytes().rows()).chart(bytesChart());
    page.chart(curve("Worst produce latency on the source", "ms", true));
    page.chart(curve("Acknowledged records per second on the source", "records/s", false));
    for (Leg leg : result.migrations()) {
      page.chart(
          Chart.timeline(
              "Steps of '" + leg.row().name() + "'",
              "seconds after it was asked for",
              leg.steps()));
    }
    return page;
  }

  private TextTable rows() {
    return rows(result.migrations().stream().map(Leg::row).toList());
  }

  /** Migrations in the form of {@code mooring get migrations}. */
  static TextTable rows(List<Leg.Row> migrations) {
    TextTable table =
        new TextTable(
            "NAME", "CLUSTERPAIR", "STAGE", "STATUS", "VOLUMES", "RESOURCES", "CREATED", "ELAPSED");
    for (Leg.Row row : migrations) {
      table.row(
          row.name(),
          row.pair().isEmpty() ? "-" : row.pair(),
          word(row.stage()),
          word(row.status()),
          row.volumesDone() + "/" + row.volumesTotal(),
          row.resourcesDone() + "/" + row.resourcesTotal(),
          Instant.parse(row.created()).truncatedTo(ChronoUnit.SECONDS),
          "%dm%ds".formatted(row.elapsedSeconds() / 60, row.elapsedSeconds() % 60));
    }
    return table;
  }

  private TextTable bytes() {
    TextTable table =
        new TextTable(
            "migration", "held MiB", "sent MiB", "stored MiB", "fetched MiB", "sent of held");
    for (Leg leg : result.migrations()) {
      Leg.Bytes bytes = leg.bytes();
      table.row(
          leg.row().name(),
          mebibytes(bytes.held()),
          mebibytes(bytes.sent()),
          mebibytes(bytes.stored()),
          mebibytes(bytes.fetched()),
          "%.1f %%".formatted(100.0 * bytes.sent() / Math.max(1, bytes.held())));
    }
    return table;
  }

  private List<HtmlReport.Figure> figures() {
    Leg first = result.migrations().getFirst();
    Leg last = result.migrations().getLast();
    long missing =
        result.migrations().stream()
            .flatMap(leg -> leg.onTarget().stream())
            .mapToLong(found -> found.ledger().lost())
            .sum();
    double worst =
        result.migrations().stream()
            .mapToDouble(leg -> leg.serving().worstLatencyMs())
            .max()
            .orElse(0);
    return List.of(
        new HtmlReport.Figure(
            first.row().volumesDone() + "/" + first.row().volumesTotal(), "volumes"),
        new HtmlReport.Figure(
            first.row().resourcesDone() + "/" + first.row().resourcesTotal(), "resources"),
        new HtmlReport.Figure(
            "%,d".formatted(missing),
            "records missing on the target of those below the cut, %,d at the last"
                .formatted(last.onTarget().map(found -> found.ledger().acknowledged()).orElse(0L))),
        new HtmlReport.Figure(
            "%,.0f ms".formatted(worst),
            "worst produce latency while the source was copied (%,.0f ms before)"
                .formatted(result.before().worstLatencyMs())),
        new HtmlReport.Figure(
            mebibytes(last.bytes().sent()) + " MiB",
            "sent by the last one, of %s MiB held".formatted(mebibytes(last.bytes().held()))));
  }

  private Chart bytesChart() {
    Map<String, List<Double>> bars = new LinkedHashMap<>();
    for (Leg leg : result.migrations()) {
      bars.put(leg.row().name() + ": held", List.of(leg.bytes().held() / MIB));
      bars.put(leg.row().name() + ": sent", List.of(leg.bytes().sent() / MIB));
      bars.put(leg.row().name() + ": fetched", List.of(leg.bytes().fetched() / MIB));
    }
    return Chart.bars("Bytes held and moved", "MiB", bars);
  }

  private Chart curve(String title, String unit, boolean latency) {
    List<double[]> points = new ArrayList<>();
    for (AckTimes.Bucket bucket : result.load()) {
      double rate = bucket.acknowledged() * 1000.0 / AckTimes.BUCKET_MS;
      points.add(new double[] {bucket.second(), latency ? bucket.worstLatencyMs() : rate});
    }
    Map<String, Double> marks = new LinkedHashMap<>();
    for (Leg leg : result.migrations()) {
      marks.put(leg.row().name() + " begins", leg.beganSecond());
      marks.put(leg.row().name() + " is over", leg.endedSecond());
    }
    return Chart.lines(
        title, "seconds of steady load", unit, List.of(new Chart.Series(title, points)), marks);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f", bytes / MIB);
  }

  /** {@code PARTIAL_SUCCESS} as {@code PartialSuccess}. */
  private static String word(String constant) {
    StringBuilder word = new StringBuilder();
    for (String part : constant.split("_")) {
      word.append(part, 0, 1).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }
}
