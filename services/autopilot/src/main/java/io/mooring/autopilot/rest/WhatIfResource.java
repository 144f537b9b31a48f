package io.mooring.autopilot.rest;

import io.mooring.autopilot.decision.RuleBook;
import io.mooring.autopilot.history.HistoryException;
import io.mooring.autopilot.history.WhatIf;
import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.rule.QueryTerms;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.rule.RuleProblem;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.autopilot.whatif.WhatIfReport;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** What other rules would have done with what was measured. */
@Path("/what-if")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "what-if")
public class WhatIfResource {

  /** An error with the problems of the rules that led to it. */
  public record BadRules(
      String code, String what, String why, String fix, List<RuleProblem> problems) {}

  private final WhatIf whatIf;
  private final QueryTerms terms;

  WhatIfResource(WhatIf whatIf, AutopilotParts parts) {
    this.whatIf = whatIf;
    this.terms = parts.rules().terms();
  }

  @POST
  @Consumes({RulesResource.YAML, "text/yaml", MediaType.TEXT_PLAIN})
  @Operation(
      summary =
          "Replays recorded measurements through the rules in the request, as if they had been"
              + " the only ones from the beginning; nothing is put in use. Times are ISO 8601 with"
              + " an offset; volume: id or name")
  public WhatIfReport replay(
      @QueryParam("from") @Nullable String from,
      @QueryParam("to") @Nullable String to,
      @QueryParam("volume") @Nullable String volume,
      String yaml) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Instant begin = time("from", from);
    Instant end = to == null ? now : time("to", to);
    if (!begin.isBefore(end) || end.isAfter(now)) {
      throw badTime("The time from %s to %s is empty or not over.".formatted(begin, end));
    }
    return whatIf.answer(new WhatIf.Question(book(yaml), begin, end, volume));
  }

  private static Instant time(String name, @Nullable String written) {
    if (written == null) {
      throw badTime("'%s' is missing.".formatted(name));
    }
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(written, Instant::from);
    } catch (DateTimeException e) {
      throw badTime("'%s' is '%s'.".formatted(name, written));
    }
  }

  private static WebApplicationException badTime(String what) {
    return new Problem(
            "AUT-032",
            what,
            "A replay has a beginning and an end in the past.",
            "Write times such as 2026-01-31T08:00:00Z; without 'to' it ends now.")
        .as(Response.Status.BAD_REQUEST);
  }

  private RuleBook book(String yaml) {
    Map<String, RuleBook.Entry> entries = new TreeMap<>();
    List<RuleProblem> problems = new ArrayList<>();
    for (RuleDocument document : RuleDocument.allOf(yaml, terms)) {
      switch (document.outcome()) {
        case RuleOutcome.Invalid invalid -> problems.addAll(invalid.problems());
        case RuleOutcome.Valid(AutopilotRule rule) ->
            entries.put(
                rule.name(), new RuleBook.Entry(rule, RuleLibrary.version(document.text())));
      }
    }
    if (!problems.isEmpty() || entries.isEmpty()) {
      throw badRules(problems);
    }
    return RuleBook.of(entries.values());
  }

  private static WebApplicationException badRules(List<RuleProblem> problems) {
    BadRules body =
        new BadRules(
            "AUT-034",
            problems.isEmpty()
                ? "The request holds no rule."
                : "The rules of the request have %d problems.".formatted(problems.size()),
            "A replay of a part of the rules would answer another question.",
            "Correct them all, or leave out the rules that have them.",
            problems);
    return new WebApplicationException(
        body.code() + " " + body.what(),
        Response.status(422).type(MediaType.APPLICATION_JSON).entity(body).build());
  }

  @ServerExceptionMapper
  Response map(HistoryException e) {
    Response.StatusType status =
        switch (e.kind()) {
          case REFUSED -> Response.Status.CONFLICT;
          case BUSY -> Response.Status.TOO_MANY_REQUESTS;
          case UNREACHABLE -> Response.Status.GATEWAY_TIMEOUT;
        };
    return Response.status(status)
        .type(MediaType.APPLICATION_JSON)
        .entity(new Problem(e.code(), e.what(), e.why(), e.fix()))
        .build();
  }
}
