package io.mooring.migrator.control;

import io.mooring.schemas.MigrationRuleAction;
import io.mooring.schemas.MigrationRuleItem;
import io.mooring.schemas.MigrationRuleState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Rules that are there without being made. */
final class BuiltInRules {

  /**
   * Writes what the brokers keep in memory to their volumes, so that nothing is missing in the
   * snapshots that was acknowledged before. Controllers write each record through by themselves.
   */
  static final MigrationRuleState KAFKA_FLUSH =
      new MigrationRuleState(
          "kafka-flush",
          List.of(
              new MigrationRuleItem(
                  Map.of("app", "kafka"),
                  "",
                  List.of(new MigrationRuleAction("sync -f \"$DATA_DIR\"", false, false)))),
          "mooring",
          Instant.EPOCH);

  static final Map<String, MigrationRuleState> ALL = Map.of(KAFKA_FLUSH.getName(), KAFKA_FLUSH);

  private BuiltInRules() {}
}
