package io.mooring.autopilot.rest;

import io.mooring.autopilot.decision.DryRun;
import io.mooring.autopilot.decision.DryRun.Foreseen;
import io.mooring.autopilot.decision.UsageSample;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.ConditionExpression;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.rule.RuleProblem;
import io.mooring.autopilot.rule.Verdict;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.LiveVolumes;
import io.mooring.schemas.ControlTopic;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What rules would do on the newest measurements, before anybody trusts them to do it. */
@Path("/preview")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "preview")
public class PreviewResource {

  /**
   * What the rules would do.
   *
   * @param partitions parts of all volumes that this instance knows; ask other instances for others
   * @param partitionsOfAll number of parts
   */
  public record Preview(
      List<Foresight> volumes,
      List<RuleProblem> problems,
      SortedSet<Integer> partitions,
      int partitionsOfAll) {}

  /**
   * What one rule would do to one volume or pool.
   *
   * @param verdict whether the conditions hold: MET, NOT_MET or UNKNOWN
   * @param outcome GROW, AT_MAXIMUM, CANNOT_GROW, REBALANCE or NOTHING
   * @param toBytes size that it would get, if it would grow
   */
  public record Foresight(
      String rule,
      String volumeId,
      String volume,
      Instant measuredAt,
      long capacityBytes,
      long usedBytes,
      Verdict verdict,
      List<Condition> conditions,
      String outcome,
      @Nullable Long toBytes,
      boolean approvalRequired) {}

  /** What one condition comes to. */
  public record Condition(String key, @Nullable BigDecimal value, Verdict verdict) {}

  private final LiveVolumes volumes;
  private final QueryTerms terms;

  PreviewResource(AutopilotParts parts) {
    this.volumes = parts.volumes();
    this.terms = parts.rules().terms();
  }

  @POST
  @Consumes({RulesResource.YAML, "text/yaml", MediaType.TEXT_PLAIN})
  @Operation(summary = "Dry run of the rules in the request on live data; nothing is put in use")
  public Preview preview(String yaml) {
    List<Foresight> foresights = new ArrayList<>();
    List<RuleProblem> problems = new ArrayList<>();
    for (RuleDocument document : RuleDocument.allOf(yaml, terms)) {
      switch (document.outcome()) {
        case RuleOutcome.Invalid invalid -> problems.addAll(invalid.problems());
        case RuleOutcome.Valid(AutopilotRule rule) -> foresights.addAll(foresee(rule));
      }
    }
    return new Preview(
        foresights, problems, volumes.partitions(), ControlTopic.VOLUME_USAGE.partitions());
  }

  private List<Foresight> foresee(AutopilotRule rule) {
    return volumes.all().stream()
        .sorted(Comparator.comparing(volume -> volume.facts().name()))
        .map(volume -> DryRun.of(volume, rule).map(result -> view(rule, volume, result)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Foresight view(AutopilotRule rule, WatchedVolume volume, DryRun.Result result) {
    UsageSample sample = result.sample();
    return new Foresight(
        rule.name(),
        volume.facts().id(),
        volume.facts().name(),
        sample.at(),
        sample.capacityBytes(),
        sample.pool() == null ? sample.fsUsedBytes() : sample.allocatedBytes(),
        result.judgement().verdict(),
        result.judgement().readings().stream().map(PreviewResource::view).toList(),
        outcome(result.foreseen()),
        result.foreseen() instanceof Foreseen.Growth growth ? growth.preview().toBytes() : null,
        rule.approvalRequired());
  }

  private static String outcome(Foreseen foreseen) {
    return switch (foreseen) {
      case Foreseen.Growth _ -> "GROW";
      case Foreseen.AtMaximum _ -> "AT_MAXIMUM";
      case Foreseen.NotPossible _ -> "CANNOT_GROW";
      case Foreseen.Rebalance _ -> "REBALANCE";
      case Foreseen.Nothing _ -> "NOTHING";
    };
  }

  private static Condition view(ConditionExpression.Judged judged) {
    return new Condition(
        judged.condition().key(), judged.reading().number().orElse(null), judged.verdict());
  }
}
