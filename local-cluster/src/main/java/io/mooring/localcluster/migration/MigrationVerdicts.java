package io.mooring.localcluster.migration;

import io.mooring.localcluster.load.AckTimes;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Host;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Judges what was seen: each claim of the demonstration is one check. */
final class MigrationVerdicts {

  /** An increment of more than this share of the bytes held did not move only the change. */
  private static final double INCREMENT_SHARE_MAX = 0.5;

  /** The source serves, if nobody waits longer than this for an acknowledgement. */
  private static final double SILENCE_MAX_MS = 5_000;

  private final MigrationSettings settings;
  private final List<Leg> legs;
  private final Leg.Serving before;
  private final LedgerVerdict source;
  private final long failedSends;

  MigrationVerdicts(
      MigrationSettings settings,
      List<Leg> legs,
      Leg.Serving before,
      LedgerVerdict source,
      long failedSends) {
    this.settings = settings;
    this.legs = legs;
    this.before = before;
    this.source = source;
    this.failedSends = failedSends;
  }

  MigrationResult result(Instant startedAt, List<AckTimes.Bucket> load, long readByGroup) {
    List<Check> checks = new ArrayList<>();
    for (Leg leg : legs) {
      checks.add(successful(leg));
      checks.add(served(leg));
      leg.onTarget()
          .ifPresent(found ->
              checks.addAll(
                  new ArrivalChecks(leg.row().name(), settings.brokers()).of(leg.cut(), found)));
    }
    for (Leg leg : legs.subList(1, legs.size())) {
      checks.add(increment(leg));
    }
    checks.add(fetchedIncrement(legs.getLast()));
    checks.add(
        check(
            "source.recordsIntact",
            source.isClean() && source.acknowledged() > 0 && failedSends == 0,
            "%,d of %,d acknowledged records lost, %,d corrupt, %,d failed sends",
            source.lost(),
            source.acknowledged(),
            source.corrupt(),
            failedSends));
    return new MigrationResult(
        checks.stream().allMatch(Check::held),
        startedAt.toString(),
        Host.describe(),
        legs,
        before,
        source,
        failedSends,
        readByGroup,
        load,
        checks);
  }

  private Check successful(Leg leg) {
    Leg.Row row = leg.row();
    return check(
        row.name() + ".successful",
        row.status().equals("SUCCESSFUL")
            && row.volumesTotal() == settings.pods()
            && row.volumesDone() == row.volumesTotal()
            && row.resourcesTotal() > 0
            && row.resourcesDone() == row.resourcesTotal(),
        "%s, %d/%d volumes, %d/%d resources in %d s",
        row.status(),
        row.volumesDone(),
        row.volumesTotal(),
        row.resourcesDone(),
        row.resourcesTotal(),
        row.elapsedSeconds());
  }

  private Check served(Leg leg) {
    Leg.Serving serving = leg.serving();
    return check(
        leg.row().name() + ".sourceServes",
        serving.acknowledged() > 0
            && serving.worstLatencyMs() < SILENCE_MAX_MS
            && serving.longestSilenceMs() < SILENCE_MAX_MS,
        "%,d records acknowledged, worst latency %,.0f ms (%,.0f ms before), longest silence %,.0f ms",
        serving.acknowledged(),
        serving.worstLatencyMs(),
        before.worstLatencyMs(),
        serving.longestSilenceMs());
  }

  private Check increment(Leg leg) {
    Leg.Bytes bytes = leg.bytes();
    Leg.Bytes full = legs.getFirst().bytes();
    return check(
        leg.row().name() + ".sendsOnlyTheChange",
        bytes.sent() < INCREMENT_SHARE_MAX * full.sent()
            && bytes.stored() < INCREMENT_SHARE_MAX * full.stored(),
        "%,d bytes sent and %,d stored, %,d bytes held; the first one sent %,d",
        bytes.sent(),
        bytes.stored(),
        bytes.held(),
        full.sent());
  }

  private Check fetchedIncrement(Leg leg) {
    long full = legs.getFirst().bytes().fetched();
    return check(
        leg.row().name() + ".fetchesOnlyTheChange",
        leg.bytes().fetched() < INCREMENT_SHARE_MAX * full,
        "%,d bytes fetched, %,d bytes held; the first one fetched %,d",
        leg.bytes().fetched(),
        leg.bytes().held(),
        full);
  }

  private static Check check(String name, boolean held, String detail, Object... values) {
    return new Check(name, held, detail.formatted(values));
  }
}
