package io.mooring.localcluster.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {

  @TempDir Path folder;

  @Test
  void pageIsSelfContainedAndShowsChecksTablesAndCharts() throws IOException {
    Path file = folder.resolve("report.html");

    new HtmlReport("A node dies", "four brokers")
        .figures(List.of(new HtmlReport.Figure("5.2 s", "redundancy restored")))
        .checks(List.of(new Check("lostRecords", false, "3 lost")))
        .table(List.of("step", "ms"), List.of(List.of("detect", "1200")))
        .chart(
            Chart.timeline(
                "Timeline",
                "seconds after the node died",
                List.of(new Step("detect", 0, 1200, "NodeDown"))))
        .chart(
            Chart.lines(
                "Rate",
                "s",
                "records/s",
                List.of(new Chart.Series("acked", List.of(new double[] {0, 1}))),
                Map.of("kill", 0.5)))
        .chart(Chart.bars("Speed", "MB/s", Map.of("plain", List.of(3.0, 1.0, 2.5))))
        .write(file);

    String page = Files.readString(file);
    assertThat(page)
        .contains(
            "BROKEN",
            "3 lost",
            "<td class=\"number\">1200",
            "\"indexAxis\":\"y\"",
            "\"data\":[2.5]");
    assertThat(page).doesNotContain("src=\"http", "href=\"http");
  }

  @Test
  void textFromOutsideCannotBecomeMarkup() throws IOException {
    String page =
        new HtmlReport("<b>", "x")
            .chart(
                Chart.timeline(
                    "t",
                    "seconds after the node died",
                    List.of(new Step("</script><script>alert(1)", 0, 1, "e"))))
            .page();

    assertThat(page).contains("&lt;b&gt;").doesNotContain("</script><script>alert(1)");
  }

  @Test
  void stepCannotEndBeforeItStarts() {
    assertThatThrownBy(() -> new Step("x", 2, 1, "e")).hasMessageContaining("ends before");
  }

  @Test
  void textTableAlignsColumns() {
    assertThat(new TextTable("a", "b").row("long", 1).row("x", 22).toString())
        .isEqualTo("a     b\nlong  1\nx     22\n");
  }
}
