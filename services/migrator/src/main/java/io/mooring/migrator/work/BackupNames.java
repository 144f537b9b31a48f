package io.mooring.migrator.work;

import io.mooring.schemas.MigrationState;
import io.mooring.schemas.MigrationVolume;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Names of what a migration writes. While it is under way there is one backup for each volume and
 * one with the objects; the last step joins them under one root. Of an application that is about to
 * be stopped there is one more, with what its Kafka had committed.
 */
public final class BackupNames {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{1,48}[a-z0-9]");
  private static final Pattern PART = Pattern.compile(".*-(part-\\d+|objects|departure)");

  private BackupNames() {}

  /** Whether a migration may have the name: it leaves room for those of its parts. */
  public static boolean isFit(String name) {
    return NAME.matcher(name).matches() && !isPart(name);
  }

  /** Whether it is the name of a part. */
  public static boolean isPart(String name) {
    return PART.matcher(name).matches();
  }

  static String objects(MigrationState migration) {
    return migration.getName() + "-objects";
  }

  static String departure(MigrationState migration) {
    return migration.getName() + "-departure";
  }

  static String part(MigrationState migration, MigrationVolume volume) {
    List<MigrationVolume> volumes = migration.getVolumes();
    int index =
        IntStream.range(0, volumes.size())
            .filter(i -> volumes.get(i).getName().equals(volume.getName()))
            .findFirst()
            .orElseThrow();
    return migration.getName() + "-part-" + index;
  }
}
