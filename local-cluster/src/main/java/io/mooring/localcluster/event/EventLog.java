package io.mooring.localcluster.event;

import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Everything that happens, as lines of a file that {@code ./mooring logs events} follows.
 * Measurements are not among it: they would drown the rest.
 */
public final class EventLog implements Consumer<ClusterEvent> {

  private final PrintWriter file;

  private EventLog(PrintWriter file) {
    this.file = file;
  }

  /** Opens the file; each line is on disk before the next event. */
  public static EventLog open(Path path) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      return new EventLog(
          new PrintWriter(
              Files.newBufferedWriter(
                  path,
                  StandardCharsets.UTF_8,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND),
              true));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }

  @Override
  public void accept(ClusterEvent event) {
    if (event instanceof ClusterEvent.Record record
        && record.topic() == ControlTopic.VOLUME_USAGE) {
      return;
    }
    file.println(event.at() + " " + describe(event));
  }

  private static String describe(ClusterEvent event) {
    return switch (event) {
      case ClusterEvent.Fault fault -> "FAULT " + fault.fault() + " " + fault.target();
      case ClusterEvent.Pod pod -> describe(pod.status());
      case ClusterEvent.Record record -> describe(record);
    };
  }

  private static String describe(PodStatus status) {
    return "POD %s %s node=%s %s"
        .formatted(
            status.pod(),
            status.step().name().toLowerCase(Locale.ROOT),
            status.node(),
            status.detail())
        .strip();
  }

  private static String describe(ClusterEvent.Record record) {
    return "%s %s %s correlation=%s %s"
        .formatted(
            record.topic().topicName(),
            record.key(),
            record.value().map(EventHeaders::typeOf).orElse("deleted"),
            record.headers().map(h -> h.correlationId().toString()).orElse("none"),
            record.value().map(Object::toString).orElse(""))
        .strip();
  }
}
