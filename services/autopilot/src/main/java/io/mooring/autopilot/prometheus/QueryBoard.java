package io.mooring.autopilot.prometheus;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** How the queries of the rules fare, for people and metrics. */
public final class QueryBoard {

  private final Map<String, Standing> standings = new ConcurrentSkipListMap<>();
  private final MeterRegistry meters;

  /**
   * How a query fares on this instance.
   *
   * @param outcome ANSWERED, or why there is no answer
   * @param problem what people should know; null if all is well
   * @param volumes volumes and pools that the newest answer has a number for
   */
  public record Standing(
      String query,
      SortedSet<String> rules,
      Instant askedAt,
      @Nullable Instant answeredAt,
      String outcome,
      @Nullable String problem,
      int volumes) {}

  public QueryBoard(MeterRegistry meters) {
    this.meters = meters;
    Gauge.builder("mooring.autopilot.queries", standings, Map::size)
        .description("Queries that this instance asks a monitoring server")
        .register(meters);
    Gauge.builder("mooring.autopilot.queries.failing", this, QueryBoard::failing)
        .description("Queries whose newest request brought no usable answer")
        .register(meters);
  }

  /** All queries that this instance asks. */
  public List<Standing> all() {
    return List.copyOf(standings.values());
  }

  /** Whether it fares otherwise than before, so that it is worth telling. */
  boolean put(Standing standing, Duration took) {
    Standing before = standings.put(standing.query(), standing);
    meters.timer("mooring.autopilot.query", "outcome", standing.outcome()).record(took);
    return before == null
        ? standing.problem() != null
        : !before.outcome().equals(standing.outcome())
            || (before.problem() == null) != (standing.problem() == null);
  }

  @Nullable Instant answeredAt(String query) {
    Standing before = standings.get(query);
    return before == null ? null : before.answeredAt();
  }

  void keepOnly(Set<String> asked) {
    standings.keySet().retainAll(asked);
  }

  private long failing() {
    return standings.values().stream().filter(standing -> standing.problem() != null).count();
  }
}
