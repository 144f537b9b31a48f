package io.mooring.localcluster.capacity;

import io.mooring.localcluster.capacity.OverloadResult.Overloaded;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows what came of the overload: on the terminal and as a page. */
final class OverloadReport {

  private static final String[] HEADER = {
    "broker",
    "rule",
    "resized to MiB",
    "at s",
    "warned at s",
    "full, as told, at s",
    "producers waited from s",
    "next resize permitted at s"
  };

  private final OverloadResult result;

  OverloadReport(OverloadResult result) {
    this.result = result;
  }

  String text() {
    TextTable volumes = new TextTable(HEADER);
    rows().forEach(row -> volumes.row(row.toArray()));
    TextTable checks = new TextTable("check", "result", "seen");
    for (Check check : result.checks()) {
      checks.row(check.name(), check.held() ? "held" : "BROKEN", check.detail());
    }
    return "\n" + volumes + "\n" + checks;
  }

  HtmlReport page() {
    HtmlReport page =
        new HtmlReport(
                "Ingest too fast for the cool-down", result.startedAt() + " · " + result.machine())
            .paragraph(
                "Each broker grows by 6 MiB/s, and each rule adds a quarter and then waits for 45 s."
                    + " Without the forecast that is not enough, which is told when the resize is"
                    + " decided; the producers of the demonstration then wait before the disk is"
                    + " full. With the annotation mooring.io/forecast the same rule makes the same"
                    + " resize large enough.")
            .table(List.of(HEADER), rows())
            .heading("What was checked")
            .checks(result.checks());
    for (Overloaded volume : result.volumes()) {
      page.chart(
          VolumeChart.of(
              "Broker " + volume.broker() + (volume.forecast() ? ", with the forecast" : ""),
              result.brokers().get(volume.broker()),
              marks(volume)));
    }
    return page;
  }

  private static Map<String, Double> marks(Overloaded volume) {
    Map<String, Double> marks = new LinkedHashMap<>();
    marks.put("resized", volume.resizedSecond());
    marks.put("full, as told", volume.predictedSecond());
    marks.put("producers wait", volume.heldSecond());
    marks.put("next resize permitted", volume.permittedSecond());
    marks.values().removeIf(second -> second.isNaN());
    return marks;
  }

  private List<List<String>> rows() {
    return result.volumes().stream()
        .map(volume ->
            List.of(
                Integer.toString(volume.broker()),
                volume.forecast() ? "forecast" : "plain",
                volume.sizesBytes().stream()
                    .map(bytes -> Long.toString(bytes >> 20))
                    .collect(Collectors.joining(" → ")),
                number(volume.resizedSecond()),
                number(volume.warnedSecond()),
                number(volume.predictedSecond()),
                number(volume.heldSecond()),
                number(volume.permittedSecond())))
        .toList();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "never" : "%.1f".formatted(value);
  }
}
