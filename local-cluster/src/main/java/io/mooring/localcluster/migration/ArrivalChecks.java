package io.mooring.localcluster.migration;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import java.util.List;

/**
 * What must be true of Kafka where it was started from a migration.
 *
 * @param name begins the names of the checks
 * @param brokers that there must be
 */
record ArrivalChecks(String name, int brokers) {

  /**
   * Judges it.
   *
   * @param cut what must be there
   */
  List<Check> of(KafkaCut cut, TargetFindings found) {
    return List.of(serve(cut, found), leaders(cut, found), records(found), groups(found));
  }

  private Check serve(KafkaCut cut, TargetFindings found) {
    boolean same = found.clusterId().equals(cut.clusterId());
    return new Check(
        name + ".brokersServe",
        found.brokers() == brokers
            && found.watched() == found.brokers()
            && same
            && found.written() > 0,
        "%d of %d brokers, %d watched, cluster id %s, %,d new records acknowledged"
            .formatted(
                found.brokers(),
                brokers,
                found.watched(),
                same ? "unchanged" : "CHANGED",
                found.written()));
  }

  private Check leaders(KafkaCut cut, TargetFindings found) {
    return new Check(
        name + ".leaders",
        found.withoutLeader() == 0 && found.partitions() >= cut.partitions().size(),
        "%d partitions, %d without leader; %d at the cut"
            .formatted(found.partitions(), found.withoutLeader(), cut.partitions().size()));
  }

  private Check records(TargetFindings found) {
    LedgerVerdict ledger = found.ledger();
    return new Check(
        name + ".recordsBelowTheCut",
        ledger.isClean() && ledger.acknowledged() > 0,
        "%,d of %,d missing, %,d corrupt, %,d duplicates, %,d out of order; %,d beyond the cut"
            .formatted(
                ledger.lost(),
                ledger.acknowledged(),
                ledger.corrupt(),
                ledger.duplicates(),
                ledger.reordered(),
                ledger.unacknowledged()));
  }

  private Check groups(TargetFindings found) {
    long kept = found.groups().stream().filter(TargetFindings.GroupPosition::isKept).count();
    return new Check(
        name + ".groupResumes",
        !found.groups().isEmpty() && kept == found.groups().size(),
        "group '%s' goes on at its offset in %d of %d partitions"
            .formatted(MigrationStory.GROUP, kept, found.groups().size()));
  }
}
