package io.mooring.autopilot.prometheus;

import io.mooring.autopilot.config.AutopilotConfig;
import io.mooring.autopilot.decision.Answer;
import io.mooring.autopilot.decision.WatchedVolume;
import io.mooring.autopilot.expression.MetricExpression.Query;
import io.mooring.autopilot.prometheus.ServerAnswer.Failed;
import io.mooring.autopilot.prometheus.ServerAnswer.Vector;
import io.mooring.autopilot.rule.AutopilotRule;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ControlTopicWriter.UnwrittenException;
import io.mooring.schemas.QueryReading;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks the queries of all rules in use, each at its interval and each on a thread of its own, so
 * that a slow one delays no other. Every instance asks for the volumes that it decides on.
 */
public final class QueryPoller implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(QueryPoller.class);
  private static final Duration TICK = Duration.ofMillis(200);
  private static final String ANSWERED = "ANSWERED";

  private final PrometheusServer server;
  private final AutopilotParts parts;
  private final QueryBoard board;
  private final Consumer<List<QueryReading>> readings;
  private final Clock clock;
  private final Map<String, Long> nextAskNanos = new HashMap<>();
  private final Set<String> beingAsked = ConcurrentHashMap.newKeySet();
  private final Thread thread = Thread.ofVirtual().name("queries").unstarted(this::run);
  private volatile boolean closed;

  /**
   * A query of the rules, and the volumes and pools that it is asked for.
   *
   * @param query with the shortest interval that a rule wants
   */
  private record Wanted(Query query, SortedSet<String> rules, Map<String, WatchedVolume> volumes) {
    Wanted and(Wanted other) {
      SortedSet<String> allRules = new TreeSet<>(rules);
      allRules.addAll(other.rules);
      Map<String, WatchedVolume> all = new TreeMap<>(volumes);
      all.putAll(other.volumes);
      boolean sooner = other.query.interval().compareTo(query.interval()) < 0;
      return new Wanted(sooner ? other.query : query, allRules, all);
    }
  }

  /**
   * @param readings writes what was answered, and returns when it is written
   */
  QueryPoller(
      PrometheusServer server,
      AutopilotParts parts,
      QueryBoard board,
      Consumer<List<QueryReading>> readings,
      Clock clock) {
    this.server = server;
    this.parts = parts;
    this.board = board;
    this.readings = readings;
    this.clock = clock;
  }

  /** A poller of the configured server. */
  public static QueryPoller of(
      AutopilotConfig.Prometheus config,
      AutopilotParts parts,
      QueryBoard board,
      Consumer<List<QueryReading>> readings) {
    PrometheusServer.Settings settings =
        new PrometheusServer.Settings(
            config.url().orElseThrow(),
            config.authorization().orElse(null),
            config.bearerFile().orElse(null),
            config.timeout(),
            config.lookBack());
    return new QueryPoller(
        new PrometheusServer(settings), parts, board, readings, Clock.systemUTC());
  }

  /** Starts to ask. */
  public void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        askWhatIsDue(System.nanoTime());
      } catch (RuntimeException e) {
        LOG.errorf(e, "A round of queries failed; the next follows");
      }
      LockSupport.parkNanos(TICK.toNanos());
    }
  }

  private void askWhatIsDue(long now) {
    Map<String, Wanted> wanted = wanted();
    nextAskNanos.keySet().retainAll(wanted.keySet());
    board.keepOnly(wanted.keySet());
    wanted.forEach((text, query) -> {
      Long next = nextAskNanos.get(text);
      if ((next == null || now - next >= 0) && beingAsked.add(text)) {
        nextAskNanos.put(text, now + query.query().interval().toNanos());
        Thread.ofVirtual().name("query").start(() -> askAndRelease(query));
      }
    });
  }

  private Map<String, Wanted> wanted() {
    List<WatchedVolume> volumes = parts.volumes().all();
    Map<String, Wanted> wanted = new TreeMap<>();
    for (var entry : parts.rules().book().entries()) {
      AutopilotRule rule = entry.rule();
      List<Query> queries =
          rule.conditions().expressions().stream()
              .map(condition -> condition.expression())
              .filter(Query.class::isInstance)
              .map(Query.class::cast)
              .toList();
      if (queries.isEmpty()) {
        continue;
      }
      Map<String, WatchedVolume> selected = new TreeMap<>();
      volumes.stream()
          .filter(volume -> volume.isSelectedBy(rule))
          .forEach(volume -> selected.put(volume.facts().id(), volume));
      if (!selected.isEmpty()) {
        for (Query query : queries) {
          wanted.merge(
              query.text(),
              new Wanted(query, new TreeSet<>(Set.of(rule.name())), selected),
              Wanted::and);
        }
      }
    }
    return wanted;
  }

  private void askAndRelease(Wanted wanted) {
    try {
      ask(wanted);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.errorf(e, "A query failed; query=%s", wanted.query().text());
    } finally {
      beingAsked.remove(wanted.query().text());
    }
  }

  private void ask(Wanted wanted) throws InterruptedException {
    Instant askedAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    long begun = System.nanoTime();
    ServerAnswer answer = server.ask(wanted.query().text());
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    QueryBoard.Standing standing =
        switch (answer) {
          case Failed(ServerAnswer.Failure failure, String detail) ->
              standing(
                  wanted,
                  askedAt,
                  failure.name(),
                  "AUT-040 The query is not answered: %s.".formatted(detail),
                  0);
          case Vector(List<ServerAnswer.Element> elements) -> take(wanted, askedAt, elements);
        };
    if (!closed && board.put(standing, took)) {
      tell(standing);
    }
  }

  private QueryBoard.Standing take(
      Wanted wanted, Instant askedAt, List<ServerAnswer.Element> elements) {
    AnswerJoin.Joined joined =
        new AnswerJoin(wanted.volumes().values(), parts.volumes().all()).join(elements);
    Duration ageMax = wanted.query().ageMax();
    List<QueryReading> usable = new ArrayList<>();
    int stale = 0;
    for (String volume : wanted.volumes().keySet()) {
      Answer answer = joined.answers().getOrDefault(volume, new Answer(null, askedAt));
      Duration age = Duration.between(answer.at(), askedAt).abs();
      if (age.compareTo(ageMax) > 0) {
        stale++;
      } else if (!joined.ambiguous().contains(volume)) {
        usable.add(reading(volume, wanted.query().text(), answer));
      }
    }
    try {
      readings.accept(usable);
    } catch (UnwrittenException e) {
      return standing(
          wanted,
          askedAt,
          "UNWRITTEN",
          "AUT-025 An answer could not be written: " + e.getMessage(),
          0);
    }
    int numbers = (int) usable.stream().filter(reading -> reading.getValue() != null).count();
    return standing(wanted, askedAt, ANSWERED, problem(joined, stale, elements.size()), numbers);
  }

  private static QueryReading reading(String volume, String query, Answer answer) {
    BigDecimal value = answer.value();
    return QueryReading.newBuilder()
        .setVolumeId(volume)
        .setQuery(query)
        .setValue(value == null ? null : value.toString())
        .setAt(answer.at())
        .build();
  }

  private static @Nullable String problem(AnswerJoin.Joined joined, int stale, int elements) {
    if (stale > 0) {
      return "AUT-041 The answer is about another time: %d values, such as a cached answer or clocks that differ."
          .formatted(stale);
    }
    if (!joined.ambiguous().isEmpty()) {
      return "AUT-041 The answer has several values for one object: %s. Aggregate them, such as max by (volumeid) (...) or max by (node, pool) (...)."
          .formatted(joined.ambiguous());
    }
    if (joined.unjoinable() > 0) {
      return "AUT-041 %d of %d values have no label of a volume or pool. Keep volumeid, volumename, or pvc and namespace; for pools node and pool."
          .formatted(joined.unjoinable(), elements);
    }
    return null;
  }

  private QueryBoard.Standing standing(
      Wanted wanted, Instant askedAt, String outcome, @Nullable String problem, int volumes) {
    String text = wanted.query().text();
    return new QueryBoard.Standing(
        text,
        wanted.rules(),
        askedAt,
        outcome.equals(ANSWERED) ? askedAt : board.answeredAt(text),
        outcome,
        problem,
        volumes);
  }

  private static void tell(QueryBoard.Standing standing) {
    if (standing.problem() == null) {
      LOG.infof("A query is answered; rules=%s query=%s", standing.rules(), standing.query());
    } else {
      LOG.warnf("%s rules=%s query=%s", standing.problem(), standing.rules(), standing.query());
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    server.close();
  }
}
