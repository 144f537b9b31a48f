package io.mooring.localcluster.capacity;

import io.mooring.localcluster.report.Chart;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Shows a result to people: on the terminal and as a page. */
final class CapacityReport {

  private static final String[] PAPER_HEADER = {
    "Number",
    "PVC Size",
    "Scale %",
    "Max Size",
    "Threshold %",
    "Threshold Value",
    "New PVC Size",
    "Remarks",
    "Here"
  };
  private static final String[] ROW_HEADER = {
    "broker", "row", "at s", "reading %", "decided after s", "file system grown after s"
  };

  private final CapacityResult result;

  CapacityReport(CapacityResult result) {
    this.result = result;
  }

  String text() {
    TextTable paper = new TextTable(PAPER_HEADER);
    paperRows().forEach(row -> paper.row(row.toArray()));
    TextTable rows = new TextTable(ROW_HEADER);
    outcomeRows().forEach(row -> rows.row(row.toArray()));
    TextTable checks = new TextTable("check", "result", "seen");
    for (Check check : result.checks()) {
      checks.row(check.name(), check.held() ? "held" : "BROKEN", check.detail());
    }
    return """

    %s
    %s
    %s
    threshold to command      median %s s, longest %s s
    threshold to file system  median %s s, longest %s s
    producers had to wait     %s s
    """
        .formatted(
            paper,
            rows,
            checks,
            number(result.toCommand().medianSeconds()),
            number(result.toCommand().maxSeconds()),
            number(result.toGrown().medianSeconds()),
            number(result.toGrown().maxSeconds()),
            number(result.heldBackSeconds()));
  }

  HtmlReport page() {
    HtmlReport page =
        new HtmlReport(
                result.faults().isEmpty()
                    ? "Brokers' volumes grow before they are full"
                    : "Brokers' volumes grow before they are full, whatever dies",
                result.startedAt() + " · " + result.machine())
            .figures(figures())
            .heading("The paper's table, as seen here")
            .paragraph(
                "A GB of the paper is a MiB here. The paper's rule is used as it is but for that"
                    + " unit, and for a cool-down of 5 s in place of the default of 300 s.")
            .table(List.of(PAPER_HEADER), paperRows())
            .heading("What was checked")
            .checks(result.checks());
    result.brokers().forEach(curve -> page.chart(curve(curve)));
    page.heading("Every decision").table(List.of(ROW_HEADER), outcomeRows());
    if (!result.faults().isEmpty()) {
      page.heading("What was killed, seed " + Objects.requireNonNull(result.seed()))
          .table(
              List.of("at s", "fault", "target"),
              result.faults().stream()
                  .map(fault -> List.of(number(fault.second()), fault.fault(), fault.target()))
                  .toList());
    }
    return page;
  }

  private List<HtmlReport.Figure> figures() {
    return List.of(
        new HtmlReport.Figure(
            "1000 MiB",
            "each of %d volumes at the end, from 400 over 800, while brokers wrote"
                .formatted(result.brokers().size())),
        new HtmlReport.Figure(
            number(result.toCommand().medianSeconds()) + " s",
            "median from threshold to command, longest %s s"
                .formatted(number(result.toCommand().maxSeconds()))),
        new HtmlReport.Figure(
            number(result.toGrown().medianSeconds()) + " s",
            "median from threshold to larger file system, longest %s s"
                .formatted(number(result.toGrown().maxSeconds()))),
        new HtmlReport.Figure(
            "%,d".formatted(result.ledger().lost()),
            "lost of %,d acknowledged records".formatted(result.ledger().acknowledged())));
  }

  private List<List<String>> paperRows() {
    List<List<String>> rows = new ArrayList<>();
    for (PaperRow row : PaperRow.values()) {
      long seen =
          result.rows().stream()
              .filter(outcome -> outcome.row() == row.number())
              .filter(outcome ->
                  !Double.isNaN(row.grows() ? outcome.grownSecond() : outcome.decidedSecond()))
              .count();
      rows.add(
          List.of(
              Integer.toString(row.number()),
              mib(row.fromBytes()),
              PaperRow.SCALE_PERCENT + "%",
              mib(PaperRow.MAX_MIB * PaperRow.MIB),
              PaperRow.THRESHOLD_PERCENT + "%",
              mib(row.thresholdBytes()),
              mib(row.toBytes()),
              row.remark(),
              "%d of %d brokers".formatted(seen, result.brokers().size())));
    }
    return rows;
  }

  private List<List<String>> outcomeRows() {
    return result.rows().stream()
        .map(row ->
            List.of(
                Integer.toString(row.broker()),
                Integer.toString(row.row()),
                number(row.decidedSecond()),
                number(row.readingPercent()),
                number(row.decidedAfter()),
                row.row() == PaperRow.REJECTED.number() ? "" : number(row.grownAfter())))
        .toList();
  }

  private Chart curve(CapacityResult.Curve curve) {
    Map<String, Double> marks = new LinkedHashMap<>();
    for (PaperRow row : PaperRow.values()) {
      result.rows().stream()
          .filter(outcome -> outcome.broker() == curve.broker() && outcome.row() == row.number())
          .mapToDouble(RowOutcome::decidedSecond)
          .filter(second -> !Double.isNaN(second))
          .findFirst()
          .ifPresent(second ->
              marks.put(
                  row.grows() ? "resize to " + mib(row.toBytes()) : "declined at the maximum",
                  second));
    }
    return VolumeChart.of("Broker " + curve.broker(), curve, marks);
  }

  private static String mib(long bytes) {
    return bytes / PaperRow.MIB + " MiB";
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "never" : "%.2f".formatted(value);
  }
}
