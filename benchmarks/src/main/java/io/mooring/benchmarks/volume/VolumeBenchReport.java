package io.mooring.benchmarks.volume;

import io.mooring.localcluster.report.Chart;
import io.mooring.localcluster.report.HtmlReport;
import io.mooring.localcluster.report.TextTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Shows the benchmark to people. */
final class VolumeBenchReport {

  private static final String ONE = NbdComparison.ONE_REPLICA;
  private static final String TWO = NbdComparison.TWO_REPLICAS;

  private final VolumeBenchResult result;

  VolumeBenchReport(VolumeBenchResult result) {
    this.result = result;
  }

  String text() {
    StringBuilder text = new StringBuilder("\n");
    for (List<Measurement> part : List.of(result.nbd(), result.ingest())) {
      if (!part.isEmpty()) {
        text.append(figures(part)).append('\n').append(ratios(part)).append('\n');
      }
    }
    if (!result.cpuSecondsPerGb().isEmpty()) {
      text.append(cpu());
    }
    return text.toString();
  }

  HtmlReport page() {
    HtmlReport page = new HtmlReport("What a volume costs", result.machine());
    if (!result.nbd().isEmpty()) {
      show(page, "NBD servers under fio", result.nbd());
    }
    if (!result.ingest().isEmpty()) {
      show(page, "Kafka ingest", result.ingest());
      page.heading("Processor seconds per GB of ingest");
      page.table(cpu().header(), cpu().rows());
    }
    return page;
  }

  private void show(HtmlReport page, String heading, List<Measurement> part) {
    page.heading(heading);
    page.paragraph(
        "Medians of %d rounds; within a round each contender had its turn on the same disk. Points are the rounds."
            .formatted(result.rounds()));
    page.table(figures(part).header(), figures(part).rows());
    page.table(ratios(part).header(), ratios(part).rows());
    for (Measurement measurement : part) {
      page.chart(Chart.bars(measurement.title(), measurement.unit(), measurement.runs()));
    }
  }

  private static TextTable figures(List<Measurement> part) {
    List<String> contenders = List.copyOf(part.getFirst().runs().keySet());
    List<String> header = new ArrayList<>(List.of("median"));
    header.addAll(contenders);
    TextTable table = new TextTable(header.toArray(String[]::new));
    for (Measurement measurement : part) {
      List<Object> row = new ArrayList<>(List.of(measurement.title()));
      for (String contender : contenders) {
        row.add(
            String.format(
                Locale.ROOT, "%,.0f %s", measurement.median(contender), measurement.unit()));
      }
      table.row(row.toArray());
    }
    return table;
  }

  /** One replica beside the best that is not Mooring, and what the second replica takes away. */
  private static TextTable ratios(List<Measurement> part) {
    TextTable table =
        new TextTable("ratio, median of rounds", "1 replica / best other", "best other", "2 / 1");
    for (Measurement measurement : part) {
      String best = bestOther(measurement);
      table.row(
          measurement.title(),
          decimal(measurement.ratio(ONE, best)),
          best,
          decimal(measurement.ratio(TWO, ONE)));
    }
    return table;
  }

  static String bestOther(Measurement measurement) {
    return measurement.runs().keySet().stream()
        .filter(contender -> !contender.equals(ONE) && !contender.equals(TWO))
        .max(Comparator.comparingDouble(measurement::median))
        .orElseThrow();
  }

  private TextTable cpu() {
    Map<String, Map<String, Double>> places = result.cpuSecondsPerGb();
    List<String> header = new ArrayList<>(List.of("processor seconds per GB"));
    header.addAll(places.keySet());
    Set<String> parts = new LinkedHashSet<>();
    places.values().forEach(costs -> parts.addAll(costs.keySet()));
    TextTable table = new TextTable(header.toArray(String[]::new));
    for (String part : parts) {
      List<Object> row = new ArrayList<>(List.of(part));
      places
          .values()
          .forEach(costs -> row.add(costs.containsKey(part) ? decimal(costs.get(part)) : "-"));
      table.row(row.toArray());
    }
    Map<String, Double> sums = new LinkedHashMap<>();
    places.forEach((place, costs) ->
        sums.put(place, costs.values().stream().mapToDouble(Double::doubleValue).sum()));
    List<Object> row = new ArrayList<>(List.of("all"));
    sums.values().forEach(sum -> row.add(decimal(sum)));
    return table.row(row.toArray());
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
