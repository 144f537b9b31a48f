package io.mooring.volumemanager;

import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.RecordDecoder;
import io.mooring.schemas.ReplicaRole;
import io.mooring.schemas.ReplicaState;
import io.mooring.schemas.SnapshotHolder;
import io.mooring.schemas.SnapshotMember;
import io.mooring.schemas.SnapshotMissed;
import io.mooring.schemas.SnapshotRemoved;
import io.mooring.schemas.SnapshotReport;
import io.mooring.schemas.SnapshotSetState;
import io.mooring.schemas.SnapshotTaken;
import io.mooring.schemas.TaskDone;
import io.mooring.schemas.VolumePhase;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeTaskKind;
import io.mooring.schemas.VolumeTaskRecord;
import io.mooring.schemas.WritesHeld;
import io.mooring.testsupport.ControlPlane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Says what the agents of all nodes say when all goes well, on the control topics. */
final class SnapshotAgents implements AutoCloseable {

  private final ControlTopicWriter writer;
  private final RecordDecoder<SnapshotSetState> sets;
  private final RecordDecoder<VolumeState> states;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<String, VolumeState> volumes = new HashMap<>();
  private final Map<String, SnapshotSetState> open = new HashMap<>();
  private final Set<String> said = new HashSet<>();
  private final AtomicBoolean tasksHeldBack = new AtomicBoolean();
  private final AtomicBoolean missNext = new AtomicBoolean();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Thread thread;

  SnapshotAgents(ControlPlane controlPlane, ControlTopicWriter writer) {
    this.writer = writer;
    this.sets =
        new RecordDecoder<>(controlPlane.serdes(), ControlTopic.SNAPSHOTS, SnapshotSetState.class);
    this.states =
        new RecordDecoder<>(controlPlane.serdes(), ControlTopic.VOLUMES, VolumeState.class);
    Map<String, Object> config = new HashMap<>(controlPlane.clientConfig());
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    this.consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    partitions.add(new TopicPartition(ControlTopic.SNAPSHOTS.topicName(), 0));
    IntStream.range(0, ControlTopic.VOLUMES.partitions())
        .mapToObj(p -> new TopicPartition(ControlTopic.VOLUMES.topicName(), p))
        .forEach(partitions::add);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    this.thread = Thread.ofPlatform().name("agents").start(this::run);
  }

  /** Work on volumes is begun and not ended. */
  void holdTasksBack() {
    tasksHeldBack.set(true);
  }

  void letTasksGo() {
    tasksHeldBack.set(false);
  }

  /** The next head that is asked to take a snapshot cannot. */
  void missNext() {
    missNext.set(true);
  }

  private void run() {
    while (!stopped.get()) {
      consumer.poll(Duration.ofMillis(20)).forEach(this::take);
      open.values().forEach(this::act);
      volumes.values().forEach(this::endTask);
    }
    consumer.close();
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(ControlTopic.SNAPSHOTS.topicName())) {
      if (sets.decode(record.headers(), record.value())
          instanceof Decoded.Value<SnapshotSetState>(SnapshotSetState set)) {
        open.put(record.key(), set);
      } else {
        open.remove(record.key());
      }
    } else if (states.decode(record.headers(), record.value())
        instanceof Decoded.Value<VolumeState>(VolumeState state)) {
      volumes.put(record.key(), state);
    } else {
      volumes.remove(record.key());
    }
  }

  private void act(SnapshotSetState set) {
    for (SnapshotMember member : set.getMembers()) {
      VolumeState volume = volumes.get(member.getVolumeId());
      if (volume == null) {
        continue;
      }
      switch (set.getPhase()) {
        case HOLDING -> {
          if (volume.getPhase() == VolumePhase.PUBLISHED) {
            say(set, member, volume.getHolder(), new WritesHeld(volume.getEpoch()));
          }
        }
        case TAKING -> {
          if (missNext.getAndSet(false)) {
            say(set, member, volume.getHolder(), new SnapshotMissed("SNP-061", "test"));
          } else if (volume.getPhase() == VolumePhase.PUBLISHED) {
            say(set, member, volume.getHolder(), taken(volume));
          }
        }
        case DELETING -> {
          for (SnapshotHolder holder : member.getHolders()) {
            say(set, member, holder.getNodeId(), new SnapshotRemoved(holder.getReplicaId()));
          }
        }
        case READY, FAILED -> {}
      }
    }
  }

  private static SnapshotTaken taken(VolumeState volume) {
    return new SnapshotTaken(
        volume.getEpoch(),
        volume.getSizeBytes(),
        volume.getReplicas().stream()
            .filter(replica -> replica.getRole() == ReplicaRole.IN_SYNC)
            .map(ReplicaState::getReplicaId)
            .toList(),
        4L);
  }

  private void say(
      SnapshotSetState set, SnapshotMember member, String node, SpecificRecord detail) {
    String once = set.getSetId() + member.getSnapshotId() + member.getVolumeId() + detail;
    if (said.add(once)) {
      writer.send(
          ControlTopic.SNAPSHOT_REPORTS,
          set.getSetId(),
          new SnapshotReport(
              set.getSetId(),
              member.getVolumeId(),
              member.getSnapshotId(),
              node,
              Instant.now(),
              detail));
    }
  }

  private void endTask(VolumeState volume) {
    if (volume.getTask() == null
        || volume.getPhase() != VolumePhase.PUBLISHED
        || tasksHeldBack.get()
        || (volume.getTask().getKind() == VolumeTaskKind.SNAPSHOT
            && isWanted(volume.getTask().getSetId()))) {
      return;
    }
    String key = volume.getTask().getTaskId() + "-" + volume.getEpoch() + "-done";
    if (said.add(key)) {
      writer.send(
          ControlTopic.VOLUME_TASKS,
          volume.getVolumeId(),
          new VolumeTaskRecord(
              volume.getVolumeId(),
              key,
              null,
              volume.getHolder(),
              new TaskDone(volume.getTask().getTaskId(), volume.getEpoch(), 0L, 1L)));
    }
  }

  private boolean isWanted(String setId) {
    SnapshotSetState set = open.get(setId);
    return set == null
        || switch (set.getPhase()) {
          case HOLDING, TAKING -> true;
          case READY, FAILED, DELETING -> false;
        };
  }

  @Override
  public void close() {
    stopped.set(true);
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
