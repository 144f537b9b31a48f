package io.mooring.localcluster.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One HTML page that needs nothing but itself: styles and the plotting library are inside, so it
 * can be mailed, archived and opened years later without a network.
 */
public final class HtmlReport {

  private static final String CHART_LIBRARY =
      "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

  private static final String STYLE =
      """
      body { font: 15px/1.5 system-ui, sans-serif; color: #1d2b36; max-width: 60rem;
        margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2rem; }
      .subtitle { color: #5b6b77; margin-top: .2rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dde4e9;
        vertical-align: top; }
      td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
      .figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }
      .figure { background: #f2f6f8; border-radius: .5rem; padding: .8rem 1.2rem; flex: 1 0 10rem; }
      .figure b { display: block; font-size: 1.5rem; } .figure span { color: #5b6b77; }
      .held { color: #1b7f4b; font-weight: 600; } .broken { color: #b3261e; font-weight: 600; }
      """;

  private final ObjectMapper json = new ObjectMapper();
  private final StringBuilder body = new StringBuilder(64 * 1024);
  private final String title;
  private int charts;

  public HtmlReport(String title, String subtitle) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n<p class=\"subtitle\">");
    body.append(escape(subtitle)).append("</p>\n");
  }

  public HtmlReport heading(String text) {
    body.append("<h2>").append(escape(text)).append("</h2>\n");
    return this;
  }

  public HtmlReport paragraph(String text) {
    body.append("<p>").append(escape(text)).append("</p>\n");
    return this;
  }

  /** A figure worth large type, with its caption. */
  public record Figure(String value, String caption) {}

  public HtmlReport figures(List<Figure> figures) {
    body.append("<div class=\"figures\">");
    for (Figure figure : figures) {
      body.append("<div class=\"figure\"><b>").append(escape(figure.value())).append("</b><span>");
      body.append(escape(figure.caption())).append("</span></div>");
    }
    body.append("</div>\n");
    return this;
  }

  public HtmlReport table(List<String> header, List<List<String>> rows) {
    body.append("<table><tr>");
    for (String cell : header) {
      body.append("<th>").append(escape(cell)).append("</th>");
    }
    body.append("</tr>\n");
    for (List<String> row : rows) {
      body.append("<tr>");
      for (String cell : row) {
        boolean number = cell.matches("[-+]?[0-9][0-9,. ]*( ?[a-zA-Z%/]{1,5})?");
        body.append(number ? "<td class=\"number\">" : "<td>").append(escape(cell));
        body.append("</td>");
      }
      body.append("</tr>\n");
    }
    body.append("</table>\n");
    return this;
  }

  public HtmlReport checks(List<Check> checks) {
    body.append("<table><tr><th>check</th><th>result</th><th>seen</th></tr>\n");
    for (Check check : checks) {
      body.append("<tr><td>").append(escape(check.name())).append("</td><td class=\"");
      body.append(check.held() ? "held\">held" : "broken\">BROKEN").append("</td><td>");
      body.append(escape(check.detail())).append("</td></tr>\n");
    }
    body.append("</table>\n");
    return this;
  }

  public HtmlReport chart(Chart chart) {
    String id = "chart" + charts++;
    body.append("<h2>").append(escape(chart.title())).append("</h2>\n<div style=\"height:");
    body.append(chart.heightPx()).append("px\"><canvas id=\"").append(id);
    body.append("\"></canvas></div>\n<script>new Chart(document.getElementById('").append(id);
    body.append("'), ").append(scriptJson(chart.config())).append(");</script>\n");
    return this;
  }

  /** Writes the page; the file appears whole or not at all. */
  public void write(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path draft = Files.createTempFile(folder, "report", ".html");
    Files.writeString(draft, page());
    Files.move(draft, file, REPLACE_EXISTING);
  }

  String page() throws IOException {
    String head =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>%s</title>\n"
            .formatted(escape(title));
    return head
        + "<style>\n"
        + STYLE
        + "</style>\n<script>"
        + chartLibrary()
        + "</script></head>\n<body>\n"
        + body
        + "</body></html>\n";
  }

  private static String chartLibrary() throws IOException {
    try (InputStream script = HtmlReport.class.getResourceAsStream(CHART_LIBRARY)) {
      if (script == null) {
        throw new IOException("plotting library is not on the class path: " + CHART_LIBRARY);
      }
      return new String(script.readAllBytes(), UTF_8);
    }
  }

  /** JSON inside a script element must not be able to end the element. */
  private String scriptJson(Object value) {
    try {
      return json.writeValueAsString(value).replace("</", "<\\/");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a chart is made of maps, lists and numbers", e);
    }
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
