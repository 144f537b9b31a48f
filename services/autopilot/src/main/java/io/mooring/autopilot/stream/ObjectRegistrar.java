package io.mooring.autopilot.stream;

import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.schemas.RuleObjectState;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Fills the board from the objects' topic, whichever instance wrote it. */
final class ObjectRegistrar implements Processor<String, byte[], Void, Void> {

  private static final Logger LOG = Logger.getLogger(ObjectRegistrar.class);

  private final PatientDecoder<RuleObjectState> decoder;
  private final ObjectBoard board;
  private @Nullable KeyValueStore<String, byte[]> objects;

  ObjectRegistrar(ControlSerdes serdes, ObjectBoard board) {
    this.decoder =
        new PatientDecoder<>(serdes, ControlTopic.AUTOPILOT_OBJECTS, RuleObjectState.class);
    this.board = board;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    objects = context.getStateStore(AutopilotTopology.OBJECTS_STORE);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    KeyValueStore<String, byte[]> store = Objects.requireNonNull(objects, "not initialised");
    store.put(record.key(), record.value());
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<RuleObjectState>(RuleObjectState state) -> board.put(record.key(), state);
      case Decoded.Tombstone<RuleObjectState> _ -> board.remove(record.key());
      case Decoded.Poison<RuleObjectState> poison ->
          LOG.errorf(
              "The state of a rule on a volume cannot be read; key=%s code=%s reason=%s",
              record.key(), poison.code(), poison.reason());
    }
  }
}
