package io.mooring.localcluster.migration;

import io.mooring.localcluster.report.Chart;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.TextTable;
import java.util.List;

/** Shows a failover and a failback to people: on the terminal and as a page. */
final class SiteFailoverReport {

  private final SiteFailoverResult result;

  SiteFailoverReport(SiteFailoverResult result) {
    this.result = result;
  }

  String text() {
    TextTable checks = new TextTable("check", "result", "seen");
    for (Check check : result.checks()) {
      checks.row(check.name(), check.held() ? "held" : "BROKEN", check.detail());
    }
    return "\n%s\n%s\n%s".formatted(rows(), records(), checks);
  }

  HtmlReport page() {
    HtmlReport page =
        new HtmlReport(
            "A Kafka cluster fails over to another cluster, and back",
            result.startedAt() + " · " + result.machine());
    page.figures(figures()).heading("The migrations").table(rows().header(), rows().rows());
    for (Move move : result.moves()) {
      page.paragraph("%s: %s.".formatted(move.row().name(), move.purpose()));
    }
    page.heading("Records").table(records().header(), records().rows());
    page.heading("What was checked").checks(result.checks());
    for (Move move : result.moves()) {
      page.chart(
          Chart.timeline(
              "Steps of '" + move.row().name() + "'",
              "seconds after it was asked for",
              move.steps()));
    }
    return page;
  }

  private TextTable rows() {
    return MigrationReport.rows(result.moves().stream().map(Move::row).toList());
  }

  private TextTable records() {
    SiteFailoverResult.Written written = result.written();
    return new TextTable("records", "acknowledged", "missing")
        .row("on the source", written.onSource(), "")
        .row("of them after the last cut, if it was lost", written.notMoved(), "")
        .row(
            "looked for on the target",
            result.away().ledger().acknowledged(),
            result.away().ledger().lost())
        .row("on the target", written.onTarget(), "")
        .row(
            "looked for on the source, after all",
            result.back().ledger().acknowledged(),
            result.back().ledger().lost());
  }

  private List<HtmlReport.Figure> figures() {
    return List.of(
        new HtmlReport.Figure(
            "%,d".formatted(result.away().ledger().lost() + result.back().ledger().lost()),
            "records missing of those that had to be there"),
        new HtmlReport.Figure(
            "%,d".formatted(result.written().notMoved()),
            "records acknowledged after the last cut, and lost with the source"),
        new HtmlReport.Figure(
            result.moves().get(1).row().elapsedSeconds() + " s",
            "from the wish to fail over until all pods run on the target"),
        new HtmlReport.Figure(
            result.moves().get(2).row().elapsedSeconds() + " s",
            "from the wish to fail back until all pods run on the source"));
  }
}
