package io.mooring.autopilot;

import io.mooring.autopilot.config.AutopilotConfig;
import io.mooring.autopilot.rule.RuleDocument;
import io.mooring.autopilot.rule.RuleOutcome;
import io.mooring.autopilot.stream.AutopilotParts;
import io.mooring.autopilot.stream.ControlTopicWriter;
import io.mooring.autopilot.stream.RuleLibrary;
import io.mooring.autopilot.stream.RuleOrigin;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.jboss.logging.Logger;

/**
 * Puts the rules of the configured file in use, once the rules that are in use already are known.
 * Several instances with the same file write the same.
 */
@Singleton
class RulesFile implements KafkaStreams.StateListener {

  private static final Logger LOG = Logger.getLogger(RulesFile.class);

  private final AutopilotConfig config;
  private final RuleLibrary library;
  private final ControlTopicWriter writer;
  private final AtomicBoolean begun = new AtomicBoolean();

  RulesFile(AutopilotConfig config, AutopilotParts parts, ControlTopicWriter writer) {
    this.config = config;
    this.library = parts.rules();
    this.writer = writer;
  }

  /** All rules have been read by the time the streams run for the first time. */
  @Override
  public void onChange(State now, State before) {
    if (now == State.RUNNING && !begun.getAndSet(true)) {
      config
          .rulesFile()
          .ifPresent(file -> Thread.ofVirtual().name("rules-file").start(() -> apply(file)));
    }
  }

  private void apply(Path file) {
    try {
      Set<String> found = new HashSet<>();
      for (RuleDocument document : RuleDocument.allOf(Files.readString(file), library.terms())) {
        switch (document.outcome()) {
          case RuleOutcome.Valid(var rule) -> {
            found.add(rule.name());
            putIfChanged(rule.name(), document.text(), RuleOrigin.file(file));
          }
          case RuleOutcome.Invalid invalid -> {
            // The rule stays in use as it was, so that a slip of the pen leaves no volume
            // unwatched.
            found.add(invalid.name());
            invalid.problems().forEach(problem -> LOG.errorf("%s: %s", file, problem));
          }
        }
      }
      library.all().stream()
          .filter(shelved -> shelved.origin().equals(RuleOrigin.file(file)))
          .filter(shelved -> !found.contains(shelved.name()))
          .forEach(shelved -> writer.removeRule(shelved.name()));
    } catch (IOException | ControlTopicWriter.UnwrittenException e) {
      LOG.errorf(e, "The rules of a file could not be put in use; file=%s", file);
    }
  }

  private static boolean isOfKubernetes(RuleLibrary.Shelved shelved) {
    return shelved.origin().equals(RuleOrigin.KUBERNETES);
  }

  private void putIfChanged(String name, String text, String origin) {
    if (library.named(name).filter(RulesFile::isOfKubernetes).isPresent()) {
      LOG.errorf("AUT-027 A rule of the file belongs to Kubernetes; rule=%s %s", name, origin);
      return;
    }
    boolean same =
        library
            .named(name)
            .filter(shelved -> shelved.document().equals(text) && shelved.origin().equals(origin))
            .isPresent();
    if (!same) {
      writer.putRule(name, text, origin);
    }
  }
}
