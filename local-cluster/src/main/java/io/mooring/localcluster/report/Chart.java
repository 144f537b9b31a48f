package io.mooring.localcluster.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plot as a configuration of Chart.js: plain maps and lists, so that it can be written as JSON.
 *
 * @param title heading above the plot
 * @param heightPx height in CSS pixels
 * @param config Chart.js configuration
 */
public record Chart(String title, int heightPx, Map<String, Object> config) {

  private static final List<String> COLOURS =
      List.of("#1f6f8b", "#d1495b", "#edae49", "#6a4c93", "#8a8a8a", "#2b9348", "#b5651d");

  /** A named curve, or single points if they are not joined; points are {@code [x, y]}. */
  public record Series(String name, List<double[]> points, boolean joined) {

    /** A curve. */
    public Series(String name, List<double[]> points) {
      this(name, points, true);
    }

    /** Points that no line joins, such as repeated measurements. */
    public static Series scattered(String name, List<double[]> points) {
      return new Series(name, points, false);
    }
  }

  /** Curves over one numeric x axis, with vertical lines at marked moments. */
  public static Chart lines(
      String title, String xTitle, String yTitle, List<Series> series, Map<String, Double> marks) {
    List<Object> datasets = new ArrayList<>();
    double top = 0;
    for (Series curve : series) {
      for (double[] point : curve.points()) {
        top = Math.max(top, point[1]);
      }
      Map<String, Object> dataset = dataset(curve.name(), points(curve.points()), datasets.size());
      dataset.put("pointRadius", curve.joined() && curve.points().size() > 40 ? 0 : 3);
      dataset.put("showLine", curve.joined());
      datasets.add(dataset);
    }
    for (Map.Entry<String, Double> mark : marks.entrySet()) {
      List<double[]> line =
          List.of(new double[] {mark.getValue(), 0}, new double[] {mark.getValue(), top * 1.05});
      Map<String, Object> dataset = dataset(mark.getKey(), points(line), datasets.size());
      dataset.put("borderDash", List.of(6, 4));
      dataset.put("pointRadius", 0);
      datasets.add(dataset);
    }
    Map<String, Object> options = options();
    options.put(
        "scales",
        Map.of("x", axis(xTitle, "linear"), "y", new LinkedHashMap<>(axisFromZero(yTitle))));
    return new Chart(
        title, 320, config("line", new LinkedHashMap<>(Map.of("datasets", datasets)), options));
  }

  /**
   * A bar for each name, as high as the median of its values, which are shown as points above it.
   */
  public static Chart bars(String title, String yTitle, Map<String, List<Double>> values) {
    Map<String, Object> bars =
        dataset("median", values.values().stream().<Object>map(Median::of).toList(), 0);
    bars.put("order", 1);
    List<Object> points = new ArrayList<>();
    values.forEach((name, each) -> each.forEach(y -> points.add(Map.of("x", name, "y", y))));
    Map<String, Object> runs = dataset("runs", points, 1);
    runs.put("type", "scatter");
    runs.put("order", 0);
    Map<String, Object> options = options();
    options.put("plugins", Map.of("legend", Map.of("display", false)));
    options.put("scales", Map.of("y", axisFromZero(yTitle)));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("labels", List.copyOf(values.keySet()));
    data.put("datasets", List.of(bars, runs));
    return new Chart(title, 240, config("bar", data, options));
  }

  /** Steps as bars on a common clock, in seconds after what {@code xTitle} says. */
  public static Chart timeline(String title, String xTitle, List<Step> steps) {
    List<String> labels = new ArrayList<>();
    List<Object> bars = new ArrayList<>();
    for (Step step : steps) {
      labels.add(step.name());
      // A bar of no width is not visible: every step gets at least 20 ms.
      double end = Math.max(step.toMs(), step.fromMs() + 20);
      bars.add(List.of(step.fromMs() / 1000, end / 1000));
    }
    Map<String, Object> dataset = dataset("step", bars, 0);
    dataset.put("barPercentage", 0.8);
    Map<String, Object> options = options();
    options.put("indexAxis", "y");
    options.put("plugins", Map.of("legend", Map.of("display", false)));
    options.put("scales", Map.of("x", axisFromZero(xTitle)));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("labels", labels);
    data.put("datasets", List.of(dataset));
    return new Chart(title, 60 + 28 * steps.size(), config("bar", data, options));
  }

  private static Map<String, Object> config(
      String type, Map<String, Object> data, Map<String, Object> options) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("type", type);
    config.put("data", data);
    config.put("options", options);
    return config;
  }

  private static Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("animation", false);
    options.put("maintainAspectRatio", false);
    options.put("parsing", true);
    return options;
  }

  private static Map<String, Object> dataset(String name, List<Object> data, int index) {
    Map<String, Object> dataset = new LinkedHashMap<>();
    String colour = COLOURS.get(index % COLOURS.size());
    dataset.put("label", name);
    dataset.put("data", data);
    dataset.put("borderColor", colour);
    dataset.put("backgroundColor", colour);
    dataset.put("borderWidth", 2);
    return dataset;
  }

  private static List<Object> points(List<double[]> points) {
    List<Object> objects = new ArrayList<>(points.size());
    for (double[] point : points) {
      objects.add(Map.of("x", point[0], "y", point[1]));
    }
    return objects;
  }

  private static Map<String, Object> axis(String title, String type) {
    return Map.of("type", type, "title", Map.of("display", true, "text", title));
  }

  private static Map<String, Object> axisFromZero(String title) {
    return Map.of("beginAtZero", true, "title", Map.of("display", true, "text", title));
  }
}
