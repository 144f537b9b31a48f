package io.mooring.autopilot.stream;

import io.mooring.schemas.AutopilotCommand;
import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.DecideApproval;
import io.mooring.schemas.ObjectKind;
import io.mooring.schemas.RuleObjectState;
import io.mooring.schemas.RulePhase;
import io.mooring.schemas.VolumeLabels;
import io.mooring.testsupport.InMemoryRegistry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Control topics of which every writer and reader is in this process, without a Kafka. */
public final class LoopedTopics {

  private final ControlSerdes serdes = new InMemoryRegistry().serdes();
  private final RuleLibrary rules;
  private final ObjectBoard objects;
  private final AutopilotParts parts;
  private final Map<String, VolumeLabels> labels = new ConcurrentHashMap<>();
  private final List<AutopilotCommand> commands = new CopyOnWriteArrayList<>();
  private final List<String> ruleWrites = new CopyOnWriteArrayList<>();
  private volatile boolean away;

  public LoopedTopics() {
    this.parts = TestParts.create();
    this.rules = parts.rules();
    this.objects = parts.objects();
  }

  public AutopilotParts parts() {
    return parts;
  }

  public ControlTopicWriter writer() {
    return new ControlTopicWriter(new Loop(), serdes, "/mooring/autopilot/test");
  }

  /** Whether the control Kafka cannot be reached. */
  public void away(boolean yes) {
    away = yes;
  }

  /** Labels by volume, as the topic has them. */
  public Map<String, VolumeLabels> labels() {
    return labels;
  }

  /** Decisions about approvals, in order. */
  public List<DecideApproval> decisions() {
    return commands.stream().map(command -> (DecideApproval) command.getDetail()).toList();
  }

  /** Names of rules for each time that one was written. */
  public List<String> ruleWrites() {
    return ruleWrites;
  }

  /** A rule that came from somewhere else. */
  public void rule(String name, String yaml, String origin) {
    rules.put(name, yaml, origin, Instant.now());
  }

  public void removeRule(String name) {
    rules.remove(name);
  }

  /** A rule came to a state on a volume or pool. */
  public RuleObjectState state(
      String rule, String volume, RulePhase phase, String reason, String trigger) {
    RuleObjectState state =
        RuleObjectState.newBuilder()
            .setRuleName(rule)
            .setVolumeId(volume)
            .setVolumeName("pvc-" + volume)
            .setObjectKind(volume.contains("/") ? ObjectKind.POOL : ObjectKind.VOLUME)
            .setPhase(phase)
            .setSince(Instant.now().truncatedTo(ChronoUnit.MILLIS))
            .setReason(reason)
            .setMessage("Growing from 1 to 2 bytes")
            .setTriggerId(trigger)
            .setFromBytes(1L)
            .setToBytes(2L)
            .build();
    objects.put(volume + "/" + rule, state);
    return state;
  }

  public void forget(String rule, String volume) {
    objects.remove(volume + "/" + rule);
  }

  /** Hands every record to its readers at once. */
  private final class Loop extends MockProducer<String, byte[]> {

    Loop() {
      super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
      if (away) {
        throw new TimeoutException("away");
      }
      ControlTopic topic = ControlTopic.named(record.topic()).orElseThrow();
      switch (topic) {
        case AUTOPILOT_RULES -> {
          ruleWrites.add(record.key());
          AutopilotRuleText text = read(topic, AutopilotRuleText.class, record);
          if (text == null) {
            rules.remove(record.key());
          } else {
            rules.put(record.key(), text.getDocument(), text.getOrigin(), text.getUpdatedAt());
          }
        }
        case VOLUME_LABELS -> {
          VolumeLabels value = read(topic, VolumeLabels.class, record);
          if (value == null) {
            labels.remove(record.key());
          } else {
            labels.put(record.key(), value);
          }
        }
        case AUTOPILOT_COMMANDS -> commands.add(read(topic, AutopilotCommand.class, record));
        default -> throw new IllegalStateException("nobody reads " + topic);
      }
      return super.send(record);
    }

    private <T extends SpecificRecord> T read(
        ControlTopic topic, Class<T> type, ProducerRecord<String, byte[]> record) {
      return record.value() == null
          ? null
          : serdes
              .deserializer(topic, type)
              .deserialize(record.topic(), record.headers(), record.value());
    }
  }
}
