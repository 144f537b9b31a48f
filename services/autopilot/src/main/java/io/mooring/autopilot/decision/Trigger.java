package io.mooring.autopilot.decision;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.UUID;

/**
 * One occasion on which a rule's conditions came to hold on a volume. Its id follows from rule,
 * volume and moment: whoever takes the same step again gives it the same id.
 */
public record Trigger(UUID id, Instant at) {

  static Trigger of(String rule, String volume, Instant at) {
    return new Trigger(named("trigger", rule, volume, Long.toString(at.toEpochMilli())), at);
  }

  /** Id of a command that this trigger leads to; each attempt has its own. */
  UUID commandId(int attempt) {
    return named("command", id.toString(), Integer.toString(attempt));
  }

  private static UUID named(String... parts) {
    return UUID.nameUUIDFromBytes(String.join("\n", parts).getBytes(UTF_8));
  }
}
