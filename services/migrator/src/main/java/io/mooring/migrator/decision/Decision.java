package io.mooring.migrator.decision;

import io.mooring.schemas.MigrationEvent;
import io.mooring.schemas.MigrationState;
import java.util.List;
import java.util.Optional;

/**
 * What follows from one input.
 *
 * @param next the state from now on; empty if it stays as it is
 * @param orders in the order in which they are given
 * @param events in the order in which things happened
 */
public record Decision(
    Optional<MigrationState> next, List<Order> orders, List<MigrationEvent> events) {

  /** Nothing follows. */
  public static final Decision NOTHING = new Decision(Optional.empty(), List.of(), List.of());

  public Decision {
    orders = List.copyOf(orders);
    events = List.copyOf(events);
  }
}
