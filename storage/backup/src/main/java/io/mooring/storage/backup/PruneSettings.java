package io.mooring.storage.backup;

import java.time.Duration;

/**
 * How patient a prune is. No backup that is being written depends on these times: {@link PruneJob}.
 *
 * @param grace from the listing of garbage to its deletion; a restore of a backup that was deleted
 *     meanwhile may go on for so long
 * @param lease a writer that showed no sign of life for so long is given up
 * @param tombstonesKept how long the name of a deleted backup stays taken; longer than any writer
 *     can be asleep
 */
public record PruneSettings(Duration grace, Duration lease, Duration tombstonesKept) {

  public static final PruneSettings DEFAULT =
      new PruneSettings(Duration.ofHours(24), BackupSettings.DEFAULT.lease(), Duration.ofDays(30));
}
