package io.mooring.autopilot.stream;

import io.mooring.schemas.AutopilotRuleText;
import io.mooring.schemas.ControlSerdes;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.Decoded;
import io.mooring.streams.PatientDecoder;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Fills the library from the rules' topic, from its beginning at each start. */
final class RuleRegistrar implements Processor<String, byte[], Void, Void> {

  private static final Logger LOG = Logger.getLogger(RuleRegistrar.class);

  private final PatientDecoder<AutopilotRuleText> decoder;
  private final RuleLibrary library;
  private @Nullable KeyValueStore<String, byte[]> texts;

  RuleRegistrar(ControlSerdes serdes, RuleLibrary library) {
    this.decoder =
        new PatientDecoder<>(serdes, ControlTopic.AUTOPILOT_RULES, AutopilotRuleText.class);
    this.library = library;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    texts = context.getStateStore(AutopilotTopology.RULES_STORE);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    KeyValueStore<String, byte[]> store = Objects.requireNonNull(texts, "not initialised");
    store.put(record.key(), record.value());
    switch (decoder.decode(record.headers(), record.value())) {
      case Decoded.Value<AutopilotRuleText>(AutopilotRuleText text) -> shelve(record.key(), text);
      case Decoded.Tombstone<AutopilotRuleText> _ -> {
        library.remove(record.key());
        LOG.infof("Rule removed; rule=%s", record.key());
      }
      case Decoded.Poison<AutopilotRuleText> poison ->
          LOG.errorf(
              "A rule cannot be read and is not used; rule=%s code=%s reason=%s",
              record.key(), poison.code(), poison.reason());
    }
  }

  private void shelve(String name, AutopilotRuleText text) {
    RuleLibrary.Shelved shelved =
        library.put(name, text.getDocument(), text.getOrigin(), text.getUpdatedAt());
    if (shelved.problems().isEmpty()) {
      LOG.infof("Rule in use; rule=%s origin=%s", name, text.getOrigin());
    } else {
      LOG.errorf("A rule is not used; rule=%s problems=%s", name, shelved.problems());
    }
  }
}
