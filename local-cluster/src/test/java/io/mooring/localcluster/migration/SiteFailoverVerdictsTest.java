package io.mooring.localcluster.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteFailoverVerdictsTest {

  private static final MigrationSettings SETTINGS =
      MigrationSettings.of(MigrationSettings.Scale.STANDARD);
  private static final KafkaCut CUT =
      new KafkaCut(
          "id",
          "2026-01-01T00:00:00Z",
          List.of(new KafkaCut.Partition("live", 0, Long.MAX_VALUE)),
          List.of(new KafkaCut.GroupOffset(MigrationStory.GROUP, "live", 0, 900)));

  private Departure departure = Departure.PLANNED;
  private Move failover = move("dr-failover-260101000000", 7, 15, 10 << 20);
  private SiteFailoverResult.Written written = new SiteFailoverResult.Written(1000, 0, 300);
  private LedgerVerdict away = ledger(1000, 0);
  private int recordedThere = 20;
  private LedgerVerdict back = ledger(1300, 0);
  @TempDir private Path folder;

  @Test
  void everyClaimHolds() {
    assertThat(broken()).isEmpty();
  }

  @Test
  void aSourceThatIsLostTakesWhatIsYoungerThanTheLastCutWithItAndNothingElse() {
    departure = Departure.LOST;
    failover = move("dr-failover-260101000000", 0, 0, 0);
    written = new SiteFailoverResult.Written(1000, 40, 300);
    away = ledger(960, 0);
    back = ledger(1260, 0);

    assertThat(broken()).isEmpty();
  }

  @Test
  void aPlannedFailoverMayLeaveNoRecordBehind() {
    written = new SiteFailoverResult.Written(1000, 40, 300);
    away = ledger(960, 0);
    back = ledger(1260, 0);

    assertThat(broken())
        .containsExactly("failover.everythingIsThere", "failback.everythingIsThere");
  }

  @Test
  void aRecordThatDoesNotComeBackIsNoticed() {
    back = ledger(1300, 1);

    assertThat(broken())
        .containsExactly("failback.recordsBelowTheCut", "failback.everythingIsThere");
  }

  @Test
  void recordsThatNobodyLookedForAreNoticed() {
    back = ledger(1000, 0);

    assertThat(broken()).containsExactly("failback.everythingIsThere");
  }

  @Test
  void aFailoverThatMovesEverythingAgainIsNoticed() {
    failover = move("dr-failover-260101000000", 7, 15, 90 << 20);

    assertThat(broken()).containsExactly("failover.sendsOnlyTheChange");
  }

  @Test
  void aMigratorThatCannotAskTheKafkaThatCameIsNoticed() {
    recordedThere = 0;

    assertThat(broken()).containsExactly("failover.cutIsRecordedThere");
  }

  @Test
  void theReportHasARowForEachMigration() throws IOException {
    SiteFailoverReport report = new SiteFailoverReport(result());

    assertThat(report.text().lines())
        .anyMatch(
            line -> line.matches("dr-20260101000000 +west +Final +Successful +7/7 +15/15 .*0m40s"))
        .anyMatch(line -> line.matches("looked for on the source, after all +1300 +0 *"));
    Path page = folder.resolve("failover.html");
    report.page().write(page);
    assertThat(page).content().contains("fail back").doesNotContain("BROKEN");
  }

  private List<String> broken() {
    return result().checks().stream().filter(check -> !check.held()).map(Check::name).toList();
  }

  private SiteFailoverResult result() {
    List<Move> moves =
        List.of(
            move("dr-20260101000000", 7, 15, 100 << 20),
            failover,
            move("dr-failback-260101000100", 7, 15, 20 << 20));
    return new SiteFailoverVerdicts(SETTINGS, departure, moves)
        .result(
            Instant.EPOCH,
            written,
            new SiteFailoverVerdicts.Phase(CUT, found(away)),
            recordedThere,
            new SiteFailoverVerdicts.Phase(CUT, found(back)));
  }

  private static Move move(String name, int volumes, int resources, long sent) {
    Leg.Row row =
        new Leg.Row(
            name,
            "west",
            "FINAL",
            "SUCCESSFUL",
            volumes,
            volumes,
            resources,
            resources,
            "2026-01-01T00:00:00Z",
            40);
    return new Move("test", row, List.of(new Step("UPLOAD", 0, 10, "")), sent, sent);
  }

  private static LedgerVerdict ledger(long acknowledged, long lost) {
    return new LedgerVerdict(acknowledged, acknowledged - lost, lost, 0, 0, 0, 0);
  }

  private static TargetFindings found(LedgerVerdict ledger) {
    return new TargetFindings(
        "id",
        4,
        4,
        20,
        0,
        ledger,
        List.of(new TargetFindings.GroupPosition("live", 0, 900, 950, 950, 1000)),
        100);
  }
}
