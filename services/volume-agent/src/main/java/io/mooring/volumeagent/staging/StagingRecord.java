package io.mooring.volumeagent.staging;

import io.mooring.storage.linux.FilesystemType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * What must be known about a staged volume after a crash of the agent.
 *
 * @param fileSystem empty for a block device
 * @param targets where pods see it
 */
record StagingRecord(
    String volumeId,
    long epoch,
    Path stagingPath,
    Optional<FilesystemType> fileSystem,
    List<Path> targets) {

  private static final String VOLUME = "volume";
  private static final String EPOCH = "epoch";
  private static final String STAGING_PATH = "staging-path";
  private static final String FILE_SYSTEM = "file-system";
  private static final String TARGET = "target.";

  StagingRecord {
    targets = List.copyOf(targets);
  }

  StagingRecord with(Path target) {
    if (targets.contains(target)) {
      return this;
    }
    List<Path> more = new ArrayList<>(targets);
    more.add(target);
    return new StagingRecord(volumeId, epoch, stagingPath, fileSystem, more);
  }

  StagingRecord without(Path target) {
    List<Path> fewer = targets.stream().filter(path -> !path.equals(target)).toList();
    return new StagingRecord(volumeId, epoch, stagingPath, fileSystem, fewer);
  }

  Properties toProperties() {
    Properties properties = new Properties();
    properties.setProperty(VOLUME, volumeId);
    properties.setProperty(EPOCH, Long.toString(epoch));
    properties.setProperty(STAGING_PATH, stagingPath.toString());
    fileSystem.ifPresent(type -> properties.setProperty(FILE_SYSTEM, type.name()));
    for (int i = 0; i < targets.size(); i++) {
      properties.setProperty(TARGET + i, targets.get(i).toString());
    }
    return properties;
  }

  /**
   * Reads what {@link #toProperties} wrote.
   *
   * @throws IllegalArgumentException if something else did
   */
  static StagingRecord of(Properties properties) {
    List<Path> targets = new ArrayList<>();
    for (int i = 0; properties.containsKey(TARGET + i); i++) {
      targets.add(Path.of(properties.getProperty(TARGET + i)));
    }
    String volume = properties.getProperty(VOLUME);
    String path = properties.getProperty(STAGING_PATH);
    if (volume == null || path == null) {
      throw new IllegalArgumentException("keys 'volume' and 'staging-path' are needed");
    }
    return new StagingRecord(
        volume,
        Long.parseLong(properties.getProperty(EPOCH, "")),
        Path.of(path),
        Optional.ofNullable(properties.getProperty(FILE_SYSTEM)).map(FilesystemType::valueOf),
        targets);
  }
}
