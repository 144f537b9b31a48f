package io.mooring.localcluster.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.localcluster.load.AckTimes;
import io.mooring.localcluster.load.LedgerVerdict;
import io.mooring.localcluster.report.Check;
import io.mooring.localcluster.report.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationVerdictsTest {

  private static final MigrationSettings SETTINGS =
      MigrationSettings.of(MigrationSettings.Scale.STANDARD);
  private static final Leg.Serving SERVED = new Leg.Serving(10_000, 180, 100);
  private static final KafkaCut CUT =
      new KafkaCut(
          "id",
          "2026-01-01T00:00:00Z",
          List.of(new KafkaCut.Partition("live", 0, 1000)),
          List.of(new KafkaCut.GroupOffset(MigrationStory.GROUP, "live", 0, 900)));
  private static final LedgerVerdict ALL = new LedgerVerdict(1000, 1010, 0, 0, 0, 0, 10);

  private Leg.Row row =
      new Leg.Row(
          "rehearsal", "west", "FINAL", "SUCCESSFUL", 7, 7, 15, 15, "2026-01-01T00:00:00Z", 40);
  private Leg.Serving serving = SERVED;
  private Leg.Bytes increment = new Leg.Bytes(400 << 20, 20 << 20, 20 << 20, 20 << 20);
  private TargetFindings found = found(ALL, 950, 950, 0);
  @TempDir private Path folder;
  private LedgerVerdict source = new LedgerVerdict(2000, 2000, 0, 0, 0, 0, 0);

  @Test
  void everyClaimHolds() {
    assertThat(broken()).isEmpty();
  }

  @Test
  void aVolumeThatIsNotThereIsNoticed() {
    row = new Leg.Row("rehearsal", "west", "FINAL", "SUCCESSFUL", 6, 7, 15, 15, "", 40);

    assertThat(broken()).containsExactly("rehearsal.successful");
  }

  @Test
  void aSourceThatStopsServingIsNoticed() {
    serving = new Leg.Serving(10_000, 6_000, 5_900);

    assertThat(broken()).containsExactly("rehearsal.sourceServes");
  }

  @Test
  void aRecordThatIsMissingBelowTheCutIsNoticed() {
    found = found(new LedgerVerdict(1000, 999, 1, 0, 0, 0, 0), 950, 950, 0);

    assertThat(broken())
        .containsExactly("rehearsal.recordsBelowTheCut", "cutover.recordsBelowTheCut");
  }

  @Test
  void aGroupThatLostItsPlaceIsNoticed() {
    found = found(ALL, 800, 800, 0);

    assertThat(broken()).containsExactly("rehearsal.groupResumes", "cutover.groupResumes");
  }

  @Test
  void aGroupThatGoesOnElsewhereIsNoticed() {
    found = found(ALL, 950, 0, 0);

    assertThat(broken()).containsExactly("rehearsal.groupResumes", "cutover.groupResumes");
  }

  @Test
  void aBrokerThatNobodyWatchesThereIsNoticed() {
    found = new TargetFindings("id", 4, 3, 20, 0, ALL, found(ALL, 950, 950, 0).groups(), 100);

    assertThat(broken()).containsExactly("rehearsal.brokersServe", "cutover.brokersServe");
  }

  @Test
  void aPartitionWithoutLeaderIsNoticed() {
    found = found(ALL, 950, 950, 1);

    assertThat(broken()).containsExactly("rehearsal.leaders", "cutover.leaders");
  }

  @Test
  void anIncrementThatMovesEverythingIsNoticed() {
    increment = new Leg.Bytes(400 << 20, 190 << 20, 180 << 20, 190 << 20);

    assertThat(broken())
        .containsExactly(
            "standby.sendsOnlyTheChange",
            "cutover.sendsOnlyTheChange",
            "cutover.fetchesOnlyTheChange");
  }

  @Test
  void aRecordThatTheSourceLostIsNoticed() {
    source = new LedgerVerdict(2000, 1999, 1, 0, 0, 0, 0);

    assertThat(broken()).containsExactly("source.recordsIntact");
  }

  @Test
  void theLongestSilenceIsTheLongestRunOfEmptyBuckets() {
    List<AckTimes.Bucket> buckets = new ArrayList<>();
    long[] acknowledged = {5, 0, 0, 7, 0, 3, 0, 0, 0};
    for (int i = 0; i < acknowledged.length; i++) {
      buckets.add(new AckTimes.Bucket(0.05 + i * 0.1, acknowledged[i], acknowledged[i] * 10.0));
    }

    assertThat(MigrationStory.serving(buckets, 0, 0.6)).isEqualTo(new Leg.Serving(15, 70, 200));
  }

  @Test
  void theReportHasTheRowsInTheFormOfTheCommandLine() throws IOException {
    MigrationReport report = new MigrationReport(result());

    assertThat(report.text().lines())
        .anyMatch(line ->
            line.matches("NAME +CLUSTERPAIR +STAGE +STATUS +VOLUMES +RESOURCES +CREATED +ELAPSED"))
        .anyMatch(line ->
            line.matches("rehearsal +west +Final +Successful +7/7 +15/15 +2026-\\S+Z +0m40s"))
        .anyMatch(line -> line.matches("cutover +400.0 +20.0 +20.0 +20.0 +5.0 %.*"));
    Path page = folder.resolve("migration.html");
    report.page().write(page);
    assertThat(page).content().contains("180 ms").doesNotContain("BROKEN");
  }

  private List<String> broken() {
    return result().checks().stream().filter(check -> !check.held()).map(Check::name).toList();
  }

  private MigrationResult result() {
    Leg first = leg(row, serving, new Leg.Bytes(380 << 20, 200 << 20, 190 << 20, 200 << 20), found);
    Leg standby = leg(named("standby"), SERVED, increment, null);
    Leg cutover = leg(named("cutover"), SERVED, increment, found);
    return new MigrationVerdicts(SETTINGS, List.of(first, standby, cutover), SERVED, source, 0)
        .result(Instant.EPOCH, List.of(new AckTimes.Bucket(0.05, 5, 180)), 1);
  }

  private static Leg.Row named(String name) {
    return new Leg.Row(
        name, "west", "FINAL", "SUCCESSFUL", 7, 7, 15, 15, "2026-01-01T00:01:00Z", 20);
  }

  private static Leg leg(
      Leg.Row row,
      Leg.Serving serving,
      Leg.Bytes bytes,
      @org.jspecify.annotations.Nullable TargetFindings found) {
    return new Leg(
        "test", 10, 50, row, List.of(new Step("UPLOAD", 0, 10, "")), bytes, serving, CUT, found);
  }

  private static TargetFindings found(
      LedgerVerdict ledger, long committed, long resumed, int withoutLeader) {
    return new TargetFindings(
        "id",
        4,
        4,
        20,
        withoutLeader,
        ledger,
        List.of(new TargetFindings.GroupPosition("live", 0, 900, committed, resumed, 1000)),
        100);
  }
}
