package io.mooring.cli.autopilot;

import io.mooring.cli.Target;
import io.mooring.cli.Units;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring autopilot what-if}. */
@Command(
    name = "what-if",
    mixinStandardHelpOptions = true,
    description = {
      "Replay what was measured through other rules, as if these had been the only ones.",
      "Nothing is done. Measurements are kept for six hours."
    })
final class WhatIfCommand implements Callable<Integer> {

  @Mixin private RulesFile rules = new RulesFile();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "T",
      description = "Beginning: how long ago, such as 2h, or a moment, 2026-01-31T08:00:00Z.")
  private String from = "";

  @Option(names = "--to", paramLabel = "T", description = "End, likewise (now).")
  private @Nullable String to;

  @Option(names = "--volume", description = "Look at this volume only; id or name.")
  private @Nullable String volume;

  @Mixin private Target target = new Target();

  @Override
  public Integer call() {
    Instant now = Instant.now();
    Map<String, String> query = new HashMap<>();
    query.put("from", Units.written("--from", from, now).toString());
    if (to != null) {
      query.put("to", Units.written("--to", to, now).toString());
    }
    if (volume != null) {
      query.put("volume", volume);
    }
    return target.show(target.client().postYaml("/what-if", query, rules.text()), WhatIfView::text);
  }
}
