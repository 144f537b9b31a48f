package io.mooring.migrator.work;

import io.mooring.schemas.MigrationVolume;
import java.util.Optional;

/** What earlier restores have made here. */
public interface Restores {

  /**
   * The volume as the last restore that had to do with it left it, if there was one.
   *
   * @param butNot name of a restore that does not count
   */
  Optional<MigrationVolume> last(String volume, String butNot);
}
