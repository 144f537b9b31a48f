package io.mooring.migrator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.migrator.kafka.KafkaCut.GroupOffset;
import io.mooring.migrator.kafka.KafkaCut.Partition;
import io.mooring.migrator.kafka.KafkaReport.Finding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KafkaComparisonTest {

  private static final TopicPartition T0 = new TopicPartition("t", 0);

  private static Partition partition(long start, long stable, long end, int epoch) {
    return new Partition("t", "id-1", 0, start, stable, end, epoch);
  }

  private static KafkaCut cut(Partition partition, GroupOffset... offsets) {
    return new KafkaCut("cluster", "then", 5, 100, List.of(partition), List.of(offsets));
  }

  private static KafkaReport compare(KafkaCut cut, KafkaCut found) {
    return new KafkaComparison(cut, found, Set.of(), Map.of()).report();
  }

  @Test
  void moreThanTheCutIsGoodAndCounted() {
    KafkaReport report =
        compare(
            cut(partition(0, 30, 30, 2), new GroupOffset("g", "t", 0, 20)),
            cut(partition(0, 35, 37, 4), new GroupOffset("g", "t", 0, 25)));
    assertThat(report.good()).isTrue();
    assertThat(report.recordsBeyond()).isEqualTo(7);
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void aLostTailIsToldWithItsRecords() {
    KafkaReport report = compare(cut(partition(4, 30, 30, 2)), cut(partition(4, 25, 25, 4)));
    assertThat(report.good()).isFalse();
    assertThat(report.recordsMissing()).isEqualTo(5);
    assertThat(report.findings()).containsExactly(new Finding("partition t-0", "end 30", "end 25"));
    assertThat(compare(cut(partition(4, 30, 30, 2)), cut(partition(0, 0, 0, 4))).recordsMissing())
        .isEqualTo(26);
  }

  @Test
  void aLostBeginningIsALossUnlessRecordsExpire() {
    KafkaCut wanted = cut(partition(4, 30, 30, 2));
    KafkaCut found = cut(partition(10, 30, 30, 2));
    assertThat(compare(wanted, found).recordsMissing()).isEqualTo(6);
    assertThat(compare(wanted, found).good()).isFalse();
    KafkaReport expiring = new KafkaComparison(wanted, found, Set.of("t"), Map.of()).report();
    assertThat(expiring.good()).isTrue();
    assertThat(expiring.recordsExpired()).isEqualTo(6);
    assertThat(expiring.notes())
        .containsExactly(new Finding("partition t-0", "start 4", "start 10"));
  }

  @Test
  void otherRecordsInTheSamePlacesAreALoss() {
    KafkaReport report =
        new KafkaComparison(
                cut(partition(0, 30, 30, 2)),
                cut(partition(0, 40, 40, 6)),
                Set.of(),
                Map.of(T0, 22L))
            .report();
    assertThat(report.recordsMissing()).isEqualTo(8);
    assertThat(report.findings().getFirst().found()).isEqualTo("others from 22 on");
  }

  @Test
  void anotherTopicOfTheSameNameIsNotTheSame() {
    Partition other = new Partition("t", "id-2", 0, 0, 99, 99, 2);
    KafkaReport report = compare(cut(partition(4, 30, 30, 2)), cut(other));
    assertThat(report.recordsMissing()).isEqualTo(26);
    assertThat(report.findings().getFirst().found()).isEqualTo("topic id id-2");
  }

  @Test
  void aPartitionWithoutLeaderIsALossOnTheTargetAndANoteIfItHadNoneBefore() {
    Partition silent = partition(-1, -1, -1, -1);
    KafkaReport target = compare(cut(partition(0, 30, 30, 2)), cut(silent));
    assertThat(target.findings())
        .containsExactly(new Finding("partition t-0", "end 30", "no leader"));
    KafkaReport source = compare(cut(silent), cut(partition(0, 30, 30, 2)));
    assertThat(source.good()).isTrue();
    assertThat(source.notes()).hasSize(1);
  }

  @Test
  void olderEpochsHangingTransactionsAndOlderMetadataAreTold() {
    KafkaCut wanted = cut(partition(0, 30, 30, 7));
    assertThat(compare(wanted, cut(partition(0, 30, 30, 6))).findings())
        .containsExactly(new Finding("partition t-0", "epoch 7", "epoch 6"));
    assertThat(compare(wanted, cut(partition(0, 20, 30, 7))).good()).isFalse();
    KafkaCut older =
        new KafkaCut("cluster", "now", 5, 99, List.of(partition(0, 30, 30, 7)), List.of());
    assertThat(compare(wanted, older).findings())
        .containsExactly(new Finding("metadata", "end 100 in epoch 5", "end 99 in epoch 5"));
    KafkaCut untold =
        new KafkaCut("cluster", "now", -1, -1, List.of(partition(0, 30, 30, 7)), List.of());
    assertThat(compare(wanted, untold).good()).isTrue();
  }

  @Test
  void groupsBehindTheCutAreFindingsAndGroupsAheadOfTheLogAreNotes() {
    KafkaReport report =
        compare(
            cut(
                partition(0, 30, 30, 2),
                new GroupOffset("gone", "t", 0, 5),
                new GroupOffset("behind", "t", 0, 20),
                new GroupOffset("ahead", "t", 0, 30)),
            cut(
                partition(0, 30, 30, 2),
                new GroupOffset("behind", "t", 0, 19),
                new GroupOffset("ahead", "t", 0, 33)));
    assertThat(report.findings())
        .containsExactly(
            new Finding("group gone at t-0", "5", "none"),
            new Finding("group behind at t-0", "20", "19"));
    assertThat(report.notes()).extracting(Finding::subject).containsExactly("group ahead at t-0");
  }

  @Test
  void whatWasDeletedOrSetBackUntilTheSnapshotsIsNotMissed() {
    Partition gone = new Partition("gone", "id-3", 0, 0, 9, 9, 1);
    Partition again = new Partition("again", "id-4", 0, 0, 9, 9, 1);
    KafkaCut before =
        new KafkaCut(
            "cluster",
            "then",
            5,
            100,
            List.of(partition(0, 30, 30, 2), gone, again),
            List.of(
                new GroupOffset("back", "t", 0, 20),
                new GroupOffset("on", "t", 0, 20),
                new GroupOffset("deleted", "t", 0, 20)));
    KafkaCut after =
        new KafkaCut(
            "cluster",
            "later",
            5,
            120,
            List.of(partition(12, 41, 44, 3), new Partition("again", "id-5", 0, 0, 1, 1, 0)),
            List.of(new GroupOffset("back", "t", 0, 3), new GroupOffset("on", "t", 0, 28)));
    assertThat(before.stillThereIn(after))
        .isEqualTo(
            new KafkaCut(
                "cluster",
                "then",
                5,
                100,
                List.of(partition(12, 30, 30, 2)),
                List.of(new GroupOffset("back", "t", 0, 3), new GroupOffset("on", "t", 0, 20))));
  }
}
