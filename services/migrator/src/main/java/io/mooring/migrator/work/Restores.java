package io.mooring.migrator.work;

import io.mooring.schemas.MigrationVolume;
import java.util.Optional;

/** What earlier restores and failovers have done to volumes here. */
public interface Restores {

  /**
   * A volume as it was left.
   *
   * @param givenUp its data went to the other side with the application; otherwise a restore made
   *     it
   * @param purpose what that restore has published it for; empty if it was given up
   */
  record Left(MigrationVolume volume, boolean givenUp, String purpose) {}

  /**
   * The volume as the last of them that had to do with it left it, if there was one.
   *
   * @param butNot name of a restore that does not count
   */
  Optional<Left> last(String volume, String butNot);
}
