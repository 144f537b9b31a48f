package io.mooring.localcluster.migration;

import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Host;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Judges a failover and a failback: each claim of the demonstration is one check. */
final class SiteFailoverVerdicts {

  /** A last difference of more than this share of what was copied first is none. */
  private static final double DIFFERENCE_SHARE_MAX = 0.5;

  private final MigrationSettings settings;
  private final Departure departure;
  private final List<Move> moves;

  /**
   * @param moves the schedule's migration, the failover, the failback
   */
  SiteFailoverVerdicts(MigrationSettings settings, Departure departure, List<Move> moves) {
    this.settings = settings;
    this.departure = departure;
    this.moves = List.copyOf(moves);
  }

  /**
   * The result.
   *
   * @param away Kafka on the target after the failover
   * @param recordedThere partitions of which a backup on the target has recorded what was committed
   * @param back Kafka on the source after the failback
   */
  SiteFailoverResult result(
      Instant startedAt,
      SiteFailoverResult.Written written,
      Phase away,
      int recordedThere,
      Phase back) {
    List<Check> checks = new ArrayList<>();
    moves.forEach(move -> checks.add(arrived(move)));
    if (departure == Departure.PLANNED) {
      checks.add(difference());
    }
    checks.addAll(new ArrivalChecks("failover", settings.brokers()).of(away.cut(), away.found()));
    checks.add(complete(written, away, "failover", written.onSource() - written.notMoved()));
    checks.add(
        new Check(
            "failover.cutIsRecordedThere",
            recordedThere >= 2 * settings.partitions(),
            "a backup on the target has recorded %d partitions".formatted(recordedThere)));
    checks.addAll(new ArrivalChecks("failback", settings.brokers()).of(back.cut(), back.found()));
    checks.add(
        complete(
            written,
            back,
            "failback",
            written.onSource() - written.notMoved() + written.onTarget()));
    return new SiteFailoverResult(
        checks.stream().allMatch(Check::held),
        startedAt.toString(),
        Host.describe(),
        departure,
        moves,
        written,
        away.found(),
        recordedThere,
        back.found(),
        checks);
  }

  /**
   * Kafka at one moment.
   *
   * @param cut what had to be there
   */
  record Phase(KafkaCut cut, TargetFindings found) {}

  /** What is started of what was restored has no volumes of its own. */
  private Check arrived(Move move) {
    Leg.Row row = move.row();
    boolean whole = row.volumesTotal() == settings.pods() && row.resourcesTotal() > 0;
    boolean started = row.volumesTotal() == 0 && departure == Departure.LOST;
    return new Check(
        row.name().replaceFirst("-[0-9]+$", "") + ".successful",
        row.status().equals("SUCCESSFUL")
            && (whole || started)
            && row.volumesDone() == row.volumesTotal()
            && row.resourcesDone() == row.resourcesTotal(),
        "%s, %d/%d volumes, %d/%d resources in %d s"
            .formatted(
                row.status(),
                row.volumesDone(),
                row.volumesTotal(),
                row.resourcesDone(),
                row.resourcesTotal(),
                row.elapsedSeconds()));
  }

  private Check difference() {
    long first = moves.get(0).sent();
    long last = moves.get(1).sent();
    return new Check(
        "failover.sendsOnlyTheChange",
        last < DIFFERENCE_SHARE_MAX * first,
        "%,d bytes sent; the schedule's first one sent %,d".formatted(last, first));
  }

  /** The ledger says how many there must be: those that were looked for are all of them. */
  private Check complete(
      SiteFailoverResult.Written written, Phase phase, String name, long expected) {
    long found = phase.found().ledger().acknowledged() - phase.found().ledger().lost();
    return new Check(
        name + ".everythingIsThere",
        found == expected
            && expected > 0
            && (departure == Departure.LOST || written.notMoved() == 0),
        "%,d of %,d records; %,d were acknowledged after the last cut and are with the source"
            .formatted(found, expected, written.notMoved()));
  }
}
