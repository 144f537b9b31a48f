package io.mooring.localcluster.event;

import io.mooring.localcluster.orchestrator.PodStatus;
import io.mooring.schemas.ControlTopic;
import io.mooring.schemas.EventHeaders;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/** Something that happened in the cluster. */
public sealed interface ClusterEvent {

  /** When it happened, by the clock of the part that it happened to; all share the host's clock. */
  Instant at();

  /** A committed record of a control topic. */
  record Record(
      Instant at,
      ControlTopic topic,
      String key,
      Optional<EventHeaders> headers,
      Optional<? extends SpecificRecord> value)
      implements ClusterEvent {}

  /** A pod took a step. */
  record Pod(Instant at, PodStatus status) implements ClusterEvent {}

  /**
   * A fault was injected, or undone.
   *
   * @param fault name of the fault as on the command line, e.g. {@code kill-node}
   * @param target what it was done to, e.g. a node
   */
  record Fault(Instant at, String fault, String target) implements ClusterEvent {}
}
