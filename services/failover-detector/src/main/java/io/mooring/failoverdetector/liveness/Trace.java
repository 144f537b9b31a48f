package io.mooring.failoverdetector.liveness;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Place of an event in its incident: its own id, the incident's, and that of the event that led to
 * it.
 */
public record Trace(UUID eventId, UUID correlationId, @Nullable UUID causationId) {

  /** The event that follows from this one. */
  public Trace next(UUID nextEventId) {
    return new Trace(nextEventId, correlationId, eventId);
  }
}
