package io.mooring.autopilot;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Meters that throw when a step of the autopilot is counted for the first time. It is counted after
 * its state is stored and before its records are written, so each step is cut in two once.
 */
final class CrashingMeters extends SimpleMeterRegistry {

  private static final String MOVES = "mooring.autopilot.moves";
  private static final String RESIZES = "mooring.autopilot.resizes";

  private final Set<String> crashes = ConcurrentHashMap.newKeySet();

  @Override
  protected Counter newCounter(Meter.Id id) {
    String step = id.getName().equals(MOVES) ? String.valueOf(id.getTag("reason")) : id.getName();
    boolean isStep = id.getName().equals(MOVES) || id.getName().equals(RESIZES);
    if (isStep && crashes.add(step)) {
      throw new IllegalStateException("crash at " + step);
    }
    return super.newCounter(id);
  }

  /** Steps that were cut in two. */
  Set<String> crashes() {
    return Set.copyOf(crashes);
  }
}
