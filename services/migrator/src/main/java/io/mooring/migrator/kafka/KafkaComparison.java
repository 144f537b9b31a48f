package io.mooring.migrator.kafka;

import io.mooring.migrator.kafka.KafkaCut.GroupOffset;
import io.mooring.migrator.kafka.KafkaCut.Partition;
import io.mooring.migrator.kafka.KafkaReport.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Compares what a cluster has with what it must have at least. */
final class KafkaComparison {

  private final KafkaCut cut;
  private final KafkaCut found;
  private final Set<String> expiring;
  private final Map<TopicPartition, Long> parting;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Finding> notes = new ArrayList<>();
  private long missing;
  private long beyond;
  private long expired;

  /**
   * @param expiring topics that keep records for a limited time or size
   * @param parting partitions that reach the cut with another history, and where it parts
   */
  KafkaComparison(
      KafkaCut cut, KafkaCut found, Set<String> expiring, Map<TopicPartition, Long> parting) {
    this.cut = cut;
    this.found = found;
    this.expiring = expiring;
    this.parting = parting;
  }

  KafkaReport report() {
    if (!found.clusterId().equals(cut.clusterId())) {
      findings.add(new Finding("cluster id", cut.clusterId(), found.clusterId()));
    }
    metadata();
    Map<TopicPartition, Partition> here = found.byPartition();
    for (Partition partition : cut.partitions()) {
      compare(partition, here.get(partition.key()));
    }
    offsets(here);
    return new KafkaReport(
        findings.isEmpty(),
        found.clusterId(),
        cut.partitions().size(),
        cut.offsets().size(),
        missing,
        beyond,
        expired,
        List.copyOf(findings),
        List.copyOf(notes));
  }

  /** A managed cluster does not tell. */
  private void metadata() {
    if (cut.metadataEnd() > 0 && found.metadataEnd() >= 0) {
      if (found.metadataEnd() < cut.metadataEnd() || found.metadataEpoch() < cut.metadataEpoch()) {
        findings.add(
            new Finding(
                "metadata",
                "end %d in epoch %d".formatted(cut.metadataEnd(), cut.metadataEpoch()),
                "end %d in epoch %d".formatted(found.metadataEnd(), found.metadataEpoch())));
      }
    }
  }

  private void compare(Partition wanted, @Nullable Partition here) {
    String subject = "partition %s-%d".formatted(wanted.topic(), wanted.partition());
    if (!wanted.isKnown()) {
      notes.add(new Finding(subject, "not recorded: it had no leader", told(here)));
      return;
    }
    long required = wanted.highWatermark() - wanted.logStart();
    if (here == null || !here.isKnown()) {
      missing += required;
      findings.add(new Finding(subject, "end " + wanted.highWatermark(), told(here)));
      return;
    }
    if (!isSameTopic(wanted, here)) {
      missing += required;
      findings.add(
          new Finding(subject, "topic id " + wanted.topicId(), "topic id " + here.topicId()));
      return;
    }
    beyond += Math.max(0, here.highWatermark() - wanted.highWatermark());
    beginning(subject, wanted, here);
    end(subject, wanted, here);
  }

  /** Cuts of the first version did not tell. */
  private static boolean isSameTopic(Partition wanted, Partition here) {
    return wanted.topicId() == null
        || wanted.topicId().isEmpty()
        || wanted.topicId().equals(here.topicId());
  }

  private static String told(@Nullable Partition here) {
    return here == null
        ? "no such partition"
        : here.isKnown() ? "end " + here.highWatermark() : "no leader";
  }

  private void beginning(String subject, Partition wanted, Partition here) {
    long gone = Math.min(here.logStart(), wanted.highWatermark()) - wanted.logStart();
    if (gone <= 0) {
      return;
    }
    Finding finding =
        new Finding(subject, "start " + wanted.logStart(), "start " + here.logStart());
    if (expiring.contains(wanted.topic())) {
      expired += gone;
      notes.add(finding);
    } else {
      missing += gone;
      findings.add(finding);
    }
  }

  private void end(String subject, Partition wanted, Partition here) {
    Long parts = parting.get(wanted.key());
    if (here.highWatermark() < wanted.highWatermark()) {
      missing += wanted.highWatermark() - Math.max(here.highWatermark(), wanted.logStart());
      findings.add(
          new Finding(subject, "end " + wanted.highWatermark(), "end " + here.highWatermark()));
    } else if (parts != null) {
      missing += wanted.highWatermark() - Math.max(parts, wanted.logStart());
      findings.add(
          new Finding(
              subject,
              "the records of epoch %d to %d"
                  .formatted(wanted.leaderEpoch(), wanted.highWatermark()),
              "others from %d on".formatted(parts)));
    } else if (here.leaderEpoch() >= 0 && here.leaderEpoch() < wanted.leaderEpoch()) {
      findings.add(
          new Finding(subject, "epoch " + wanted.leaderEpoch(), "epoch " + here.leaderEpoch()));
    } else if (here.stableEnd() < wanted.stableEnd()) {
      findings.add(
          new Finding(
              subject,
              "decided transactions to " + wanted.stableEnd(),
              "decided transactions to " + here.stableEnd()));
    }
  }

  private void offsets(Map<TopicPartition, Partition> here) {
    Map<String, Map<TopicPartition, Long>> positions = new HashMap<>();
    for (GroupOffset offset : found.offsets()) {
      TopicPartition partition = new TopicPartition(offset.topic(), offset.partition());
      positions
          .computeIfAbsent(offset.group(), _ -> new HashMap<>())
          .put(partition, offset.offset());
      Partition there = here.get(partition);
      if (there != null && there.isKnown() && offset.offset() > there.highWatermark()) {
        notes.add(
            new Finding(
                subject(offset),
                "at most the end " + there.highWatermark(),
                "%d, so that the group resumes by its reset policy".formatted(offset.offset())));
      }
    }
    for (GroupOffset offset : cut.offsets()) {
      Long now =
          positions
              .getOrDefault(offset.group(), Map.of())
              .get(new TopicPartition(offset.topic(), offset.partition()));
      if (now == null || now < offset.offset()) {
        findings.add(
            new Finding(
                subject(offset),
                Long.toString(offset.offset()),
                now == null ? "none" : now.toString()));
      }
    }
  }

  private static String subject(GroupOffset offset) {
    return "group %s at %s-%d".formatted(offset.group(), offset.topic(), offset.partition());
  }
}
