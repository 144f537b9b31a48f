package io.mooring.volumemanager.catalogue;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.NodeCleared;
import io.mooring.schemas.NodeEvent;
import io.mooring.schemas.NodeSuspected;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Lets judgements pass to every partition, unchanged. Suspicions stop here, because nothing may
 * follow from them, and so does what cannot be read: it gets one dead letter, not one a partition.
 */
final class VerdictFilter implements Processor<String, byte[], String, Object> {

  private final PatientDecoder<NodeEvent> decoder;
  private final PoisonRecords poison;
  private @Nullable ProcessorContext<String, Object> context;

  VerdictFilter(ControlSerdes serdes, PoisonRecords poison) {
    this.decoder = new PatientDecoder<>(serdes, ControlTopic.NODE_EVENTS, NodeEvent.class);
    this.poison = poison;
  }

  @Override
  public void init(ProcessorContext<String, Object> newContext) {
    context = newContext;
  }

  @Override
  public void process(Record<String, byte[]> record) {
    ProcessorContext<String, Object> current = Objects.requireNonNull(context, "not initialised");
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<NodeEvent>(NodeEvent event) -> {
        if (isJudgement(event)) {
          current.forward(record, CatalogueTopology.VERDICTS_SINK);
        }
      }
      case Decoded.Tombstone<NodeEvent> _ ->
          throw new IllegalStateException("node events have no tombstones");
      case Decoded.Poison<NodeEvent> unreadable ->
          current.forward(
              poison.letterFor(record, current.recordMetadata().orElseThrow(), unreadable),
              CatalogueTopology.NODE_LETTERS_SINK);
    }
  }

  private static boolean isJudgement(NodeEvent event) {
    return !(event.getDetail() instanceof NodeSuspected)
        && !(event.getDetail() instanceof NodeCleared);
  }
}
