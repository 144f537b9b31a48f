package io.mooring.schemas;

import java.time.Duration;

/** How long a control topic keeps its records, which follows from what they are. */
public sealed interface TopicLifetime {

  /** Newest value per key is the truth; compacted, kept for ever. */
  record State() implements TopicLifetime {}

  /** Something happened; kept for a time so that it can be replayed. */
  record Event(Duration retention) implements TopicLifetime {}

  /** Somebody wants something; carries an idempotency key and an expiry. */
  record Command(Duration retention) implements TopicLifetime {}

  /** Word for documents: state, event or command. */
  default String kind() {
    return switch (this) {
      case State _ -> "state";
      case Event _ -> "event";
      case Command _ -> "command";
    };
  }
}
