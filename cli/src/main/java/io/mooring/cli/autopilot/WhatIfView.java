package io.mooring.cli.autopilot;

import com.fasterxml.jackson.databind.JsonNode;
import io.mooring.cli.Table;
import io.mooring.cli.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Shows what other rules would have done. */
final class WhatIfView {

  private static final int VOLUMES_SHOWN = 10;

  private WhatIfView() {}

  static String text(JsonNode report) {
    StringBuilder text =
        new StringBuilder(
            "From %s to %s: %d measurements of %d volumes through %s.\n\n"
                .formatted(
                    Units.moment(report.path("from")),
                    Units.moment(report.path("to")),
                    report.path("measurements").asLong(),
                    report.path("volumes").size(),
                    String.join(", ", texts(report.path("rules")))));
    text.append(figures(report.path("would"), report.path("did"))).append('\n');
    text.append(resizes(report)).append('\n').append(volumes(report.path("volumes")));
    if (!report.path("unknownVolumes").isEmpty()) {
      text.append(
          "\nMeasured, and not described any more: %s\n"
              .formatted(String.join(", ", texts(report.path("unknownVolumes")))));
    }
    return text.toString();
  }

  private static Table figures(JsonNode would, JsonNode did) {
    return new Table("", "WOULD", "DID")
        .row("resizes", number(would, "resizes"), number(did, "resizes"))
        .row("grown by", bytes(would, "grownBytes"), bytes(did, "grownBytes"))
        .row(
            "provisioned at the end",
            bytes(would, "provisionedBytes"),
            bytes(did, "provisionedBytes"))
        .row("provisioned over time", hours(would), hours(did))
        .row("highest fill", fill(would), fill(did))
        .row("times full", number(would, "fullMoments"), number(did, "fullMoments"))
        .row("seconds full", number(would, "fullSeconds"), number(did, "fullSeconds"))
        .row("held back by a cool-down", number(would, "heldBack"), number(did, "heldBack"))
        .row("foreseen to fill", number(would, "willFill"), number(did, "willFill"))
        .row("declined", number(would, "declined"), number(did, "declined"))
        .row(
            "approvals asked for",
            number(would, "approvalsAwaited"),
            number(did, "approvalsAwaited"));
  }

  private static String resizes(JsonNode report) {
    Table table = new Table("", "AT", "RULE", "VOLUME", "FROM", "TO");
    List<JsonNode> all = new ArrayList<>();
    report.path("resizes").forEach(all::add);
    report.path("notMade").forEach(all::add);
    all.sort(Comparator.comparing(resize -> Units.moment(resize.path("at"))));
    for (JsonNode resize : all) {
      table.row(
          sign(resize.path("difference").asText()),
          Units.moment(resize.path("at")),
          resize.path("rule").asText(),
          resize.path("volume").asText(),
          Units.bytes(resize.path("fromBytes")),
          Units.bytes(resize.path("toBytes")));
    }
    String key = "= as it was   ~ to another size   + would be new   - would not have been\n";
    return table.orElse("No resizes, neither then nor now.") + (all.isEmpty() ? "" : key);
  }

  private static String sign(String difference) {
    return switch (difference) {
      case "SAME" -> "=";
      case "OTHER_SIZE" -> "~";
      case "NEW" -> "+";
      case "NOT_MADE" -> "-";
      default -> "?";
    };
  }

  private static String volumes(JsonNode volumes) {
    Table table =
        new Table("FULLEST VOLUMES", "WOULD FILL", "DID FILL", "WOULD HAVE", "HAS", "UNFITTED");
    for (int i = 0; i < Math.min(volumes.size(), VOLUMES_SHOWN); i++) {
      JsonNode volume = volumes.get(i);
      table.row(
          volume.path("volume").asText(),
          Units.percent(volume.path("wouldFillPercent")),
          Units.percent(volume.path("didFillPercent")),
          Units.bytes(volume.path("wouldBeBytes")),
          Units.bytes(volume.path("isBytes")),
          Units.bytes(volume.path("unfittedBytes")));
    }
    return table.orElse("The rules select no volume that was measured.");
  }

  private static String number(JsonNode figures, String name) {
    return figures.path(name).asText("-");
  }

  private static String bytes(JsonNode figures, String name) {
    return Units.bytes(figures.path(name));
  }

  private static String hours(JsonNode figures) {
    return String.format(Locale.ROOT, "%,.1f GiB h", figures.path("gibibyteHours").asDouble());
  }

  private static String fill(JsonNode figures) {
    return Units.percent(figures.path("highestFillPercent"));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }
}
