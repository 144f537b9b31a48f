package io.mooring.autopilot.history;

import io.mooring.autopilot.decision.VolumeFacts;
import io.mooring.autopilot.stream.PoolReader;
import io.mooring.autopilot.stream.RecordReader;
import io.mooring.autopilot.whatif.Recorded;
import io.mooring.autopilot.whatif.TakenDecisions;
import io.mooring.autopilot.whatif.TakenDecisions.Incident;
import io.mooring.autopilot.whatif.TakenDecisions.TakenResize;
import io.mooring.schemas.AutopilotCommand;
import io.mooring.schemas.AutopilotEvent;
import io.mooring.schemas.BrokerRetention;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.JudgedPools;
import io.mooring.schemas.PoolEvent;
import io.mooring.schemas.QueryReading;
import io.mooring.schemas.RecordDecoder;
import io.mooring.schemas.ResizeHeldBack;
import io.mooring.schemas.ResizeRequested;
import io.mooring.schemas.RuleMoved;
import io.mooring.schemas.TopicLifetime;
import io.mooring.schemas.VolumeEvent;
import io.mooring.schemas.VolumeExpanded;
import io.mooring.schemas.VolumeLabels;
import io.mooring.schemas.VolumeState;
import io.mooring.schemas.VolumeUsage;
import io.mooring.schemas.VolumeWillFill;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The control topics as a past that can be read again. What cannot be read is left out, as the
 * service left it out. Methods throw {@link HistoryException} when time is over.
 */
final class RecordedHistory implements AutoCloseable {

  /** In the order in which equally old records are taken: what is known first, then the news. */
  private static final List<ControlTopic> INPUTS =
      List.of(
          ControlTopic.VOLUMES,
          ControlTopic.VOLUME_LABELS,
          ControlTopic.AUTOPILOT_COMMANDS,
          ControlTopic.VOLUME_EVENTS,
          ControlTopic.POOL_EVENTS,
          ControlTopic.AUTOPILOT_READINGS,
          ControlTopic.BROKER_RETENTION,
          ControlTopic.VOLUME_USAGE,
          ControlTopic.AUTOPILOT_POOLS);

  /** A decision is written a moment after the measurement that led to it. */
  private static final Duration DECISION_LAG = Duration.ofMinutes(1);

  /** So many real resizes are compared; each is kept in memory. */
  private static final int TAKEN_MAX = 100_000;

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Deadline deadline;
  private final Map<ControlTopic, RecordDecoder<? extends SpecificRecord>> decoders;

  private RecordedHistory(
      KafkaConsumer<String, byte[]> consumer, ControlSerdes serdes, Deadline deadline) {
    this.consumer = consumer;
    this.deadline = deadline;
    this.decoders =
        Map.of(
            ControlTopic.VOLUMES,
            new RecordDecoder<>(serdes, ControlTopic.VOLUMES, VolumeState.class),
            ControlTopic.AUTOPILOT_COMMANDS,
            new RecordDecoder<>(serdes, ControlTopic.AUTOPILOT_COMMANDS, AutopilotCommand.class),
            ControlTopic.VOLUME_EVENTS,
            new RecordDecoder<>(serdes, ControlTopic.VOLUME_EVENTS, VolumeEvent.class),
            ControlTopic.VOLUME_USAGE,
            new RecordDecoder<>(serdes, ControlTopic.VOLUME_USAGE, VolumeUsage.class),
            ControlTopic.AUTOPILOT_EVENTS,
            new RecordDecoder<>(serdes, ControlTopic.AUTOPILOT_EVENTS, AutopilotEvent.class),
            ControlTopic.VOLUME_LABELS,
            new RecordDecoder<>(serdes, ControlTopic.VOLUME_LABELS, VolumeLabels.class),
            ControlTopic.AUTOPILOT_READINGS,
            new RecordDecoder<>(serdes, ControlTopic.AUTOPILOT_READINGS, QueryReading.class),
            ControlTopic.POOL_EVENTS,
            new RecordDecoder<>(serdes, ControlTopic.POOL_EVENTS, PoolEvent.class),
            ControlTopic.BROKER_RETENTION,
            new RecordDecoder<>(serdes, ControlTopic.BROKER_RETENTION, BrokerRetention.class),
            ControlTopic.AUTOPILOT_POOLS,
            new RecordDecoder<>(serdes, ControlTopic.AUTOPILOT_POOLS, JudgedPools.class));
  }

  static RecordedHistory open(Map<String, Object> kafka, ControlSerdes serdes, Deadline deadline) {
    Map<String, Object> config = new HashMap<>(kafka);
    config.keySet().removeIf(key -> key.equals(ConsumerConfig.GROUP_ID_CONFIG));
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "autopilot-what-if");
    config.put(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(REQUEST_TIMEOUT.toMillis()));
    return new RecordedHistory(
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()),
        serdes,
        deadline);
  }

  /**
   * Since when measurements are complete; empty if none was ever deleted. A partition that is empty
   * now says nothing: its volumes may be long gone.
   */
  Optional<Instant> measuredSince() {
    List<TopicPartition> partitions = partitions(ControlTopic.VOLUME_USAGE);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    if (begins.values().stream().allMatch(offset -> offset == 0)) {
      return Optional.empty();
    }
    Map<TopicPartition, OffsetAndTimestamp> firsts =
        offsetsAt(ControlTopic.VOLUME_USAGE, Instant.EPOCH);
    if (firsts.values().stream().allMatch(Objects::isNull)) {
      return Optional.of(Instant.MAX);
    }
    return partitions.stream()
        .filter(partition -> begins.get(partition) > 0 && firsts.get(partition) != null)
        .map(partition -> Instant.ofEpochMilli(firsts.get(partition).timestamp()))
        .max(Instant::compareTo);
  }

  /** What was known of the volumes at first, or as early as the topic tells. */
  Map<String, VolumeFacts> firstFacts(Instant begin) {
    Map<String, VolumeFacts> facts = new HashMap<>();
    read(
        partsOf(ControlTopic.VOLUMES, Instant.EPOCH, Instant.MAX),
        record -> {
          if (decode(ControlTopic.VOLUMES, record) instanceof VolumeState state) {
            VolumeFacts described = RecordReader.facts(state);
            boolean then = record.timestamp() <= begin.toEpochMilli();
            if (then) {
              facts.put(described.id(), described);
            } else {
              // Older descriptions were compacted away: the size then is that of the measurements.
              facts.putIfAbsent(described.id(), described.withSize(0));
            }
          }
        });
    return facts;
  }

  /**
   * What the autopilot really decided.
   *
   * @param counted incidents are counted from here on
   * @param asked volumes and pools to look at, by id
   */
  TakenDecisions taken(Instant begin, Instant counted, Instant to, Predicate<String> asked) {
    TakenDecisions taken = new TakenDecisions();
    read(
        partsOf(ControlTopic.AUTOPILOT_EVENTS, begin, to.plus(DECISION_LAG)),
        record -> {
          if (decode(ControlTopic.AUTOPILOT_EVENTS, record) instanceof AutopilotEvent event
              && asked.test(event.getVolumeId())) {
            boolean counts = !event.getAt().isBefore(counted) && event.getAt().isBefore(to);
            add(taken, event, counts);
          }
        });
    return taken;
  }

  private static void add(TakenDecisions taken, AutopilotEvent event, boolean counts) {
    switch (event.getDetail()) {
      case ResizeRequested resize -> {
        checkCount(taken);
        taken.add(
            new TakenResize(
                event.getAt(),
                event.getRuleName(),
                event.getVolumeId(),
                event.getVolumeName(),
                UUID.fromString(resize.getCommandId()),
                resize.getFromBytes(),
                resize.getToBytes()));
      }
      case ResizeHeldBack _ when counts -> taken.add(event.getVolumeId(), Incident.HELD_BACK);
      case VolumeWillFill _ when counts -> taken.add(event.getVolumeId(), Incident.WILL_FILL);
      case RuleMoved moved when counts -> {
        switch (moved.getTo()) {
          case ActionsDeclined -> taken.add(event.getVolumeId(), Incident.DECLINED);
          case ActionAwaitingApproval -> taken.add(event.getVolumeId(), Incident.APPROVAL_AWAITED);
          case Initializing,
              Normal,
              Triggered,
              ActiveActionsPending,
              ActiveActionsInProgress,
              ActiveActionsTaken -> {}
        }
      }
      default -> {}
    }
  }

  private static void checkCount(TakenDecisions taken) {
    if (taken.resizeCount() >= TAKEN_MAX) {
      throw new HistoryException(
          HistoryException.Kind.REFUSED,
          "AUT-035",
          "More than %d resizes were made in that time.".formatted(TAKEN_MAX),
          "Each is kept in memory to compare with.",
          "Ask for a shorter time, or for one volume.");
    }
  }

  /** Inputs about the volumes of one partition, each volume's in the order of their writing. */
  void inputs(int partition, Instant begin, Instant to, Consumer<Recorded> taker) {
    List<TimeMerge.Part> parts = new ArrayList<>();
    for (ControlTopic topic : INPUTS) {
      // State from before the beginning is part of the beginning.
      Instant start = topic.lifetime() instanceof TopicLifetime.State ? Instant.EPOCH : begin;
      partsOf(topic, start, to).stream()
          .filter(part -> part.partition().partition() == partition)
          .forEach(parts::add);
    }
    read(parts, record -> input(record).ifPresent(taker));
  }

  private Optional<Recorded> input(ConsumerRecord<String, byte[]> record) {
    Instant at = Instant.ofEpochMilli(record.timestamp());
    ControlTopic topic = ControlTopic.named(record.topic()).orElseThrow();
    try {
      return switch (decode(topic, record)) {
        case VolumeState state ->
            Optional.of(new Recorded.Described(at, RecordReader.facts(state)));
        case VolumeUsage usage ->
            Optional.of(new Recorded.Measured(at, usage.getVolumeId(), RecordReader.sample(usage)));
        case AutopilotCommand command ->
            Optional.of(
                new Recorded.Approved(
                    at,
                    command.getVolumeId(),
                    command.getRuleName(),
                    RecordReader.approval(command)));
        case VolumeLabels labels ->
            Optional.of(
                new Recorded.Labelled(at, labels.getVolumeId(), RecordReader.claim(labels)));
        case QueryReading reading ->
            Optional.of(
                new Recorded.Queried(
                    at, reading.getVolumeId(), reading.getQuery(), RecordReader.answer(reading)));
        case BrokerRetention retention ->
            Optional.of(new Recorded.BrokerTold(at, RecordReader.broker(retention)));
        case JudgedPools node ->
            Optional.of(new Recorded.PoolsDescribed(at, PoolReader.of(node, at)));
        case PoolEvent event ->
            RecordReader.answer(event).map(answer -> new Recorded.PoolsAnswered(at, answer));
        case VolumeEvent event when event.getDetail() instanceof VolumeExpanded expanded ->
            Optional.of(new Recorded.Expanded(at, event.getVolumeId(), expanded.getSizeBytes()));
        case VolumeEvent event ->
            RecordReader.answer(event)
                .map(answer -> new Recorded.Answered(at, event.getVolumeId(), answer));
        case null ->
            topic == ControlTopic.VOLUME_LABELS && record.value() == null
                ? Optional.of(new Recorded.Labelled(at, record.key(), null))
                : Optional.empty();
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private @Nullable SpecificRecord decode(
      ControlTopic topic, ConsumerRecord<String, byte[]> record) {
    RecordDecoder<?> decoder = decoders.get(topic);
    return decoder != null
            && decoder.decode(record.headers(), record.value())
                instanceof Decoded.Value<?>(var value)
        ? value
        : null;
  }

  private void read(List<TimeMerge.Part> parts, Consumer<ConsumerRecord<String, byte[]>> taker) {
    new TimeMerge(consumer, parts, deadline).forEach(taker);
  }

  private List<TimeMerge.Part> partsOf(ControlTopic topic, Instant begin, Instant end) {
    List<TopicPartition> partitions = partitions(topic);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> first =
        begin.equals(Instant.EPOCH)
            ? consumer.beginningOffsets(partitions)
            : orEnd(offsetsAt(topic, begin), ends);
    Map<TopicPartition, Long> last =
        end.equals(Instant.MAX) ? ends : orEnd(offsetsAt(topic, end), ends);
    return partitions.stream()
        .map(partition -> new TimeMerge.Part(partition, first.get(partition), last.get(partition)))
        .toList();
  }

  private Map<TopicPartition, OffsetAndTimestamp> offsetsAt(ControlTopic topic, Instant moment) {
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions(topic).forEach(partition -> times.put(partition, moment.toEpochMilli()));
    return consumer.offsetsForTimes(times);
  }

  private static Map<TopicPartition, Long> orEnd(
      Map<TopicPartition, OffsetAndTimestamp> offsets, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> found = new HashMap<>(ends);
    offsets.forEach((partition, offset) -> {
      if (offset != null) {
        found.merge(partition, offset.offset(), Math::min);
      }
    });
    return found;
  }

  private static List<TopicPartition> partitions(ControlTopic topic) {
    return IntStream.range(0, topic.partitions())
        .mapToObj(partition -> new TopicPartition(topic.topicName(), partition))
        .toList();
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
