package io.mooring.storage.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What to back up. The same request under the same name goes on where an earlier one stopped.
 *
 * @param name of the backup
 * @param cut the moment that all the snapshots show, as their maker names it (I8)
 * @param objects what describes the application
 */
public record BackupRequest(
    String name, String cut, List<Volume> volumes, List<ApplicationContent> objects) {

  /**
   * A volume.
   *
   * @param name within the backup
   * @param snapshot name of the snapshot behind {@code source}
   */
  public record Volume(
      String name, String snapshot, VolumeSource source, Optional<Baseline> baseline) {}

  /** A named text, such as a manifest. */
  public record ApplicationContent(String name, byte[] content) {}

  public BackupRequest {
    volumes = List.copyOf(volumes);
    objects = List.copyOf(objects);
    long names = volumes.stream().map(Volume::name).distinct().count();
    if (names != volumes.size()) {
      throw new IllegalArgumentException("two volumes of backup " + name + " have the same name");
    }
  }

  /** Digest of what the backup shows: two requests with the same one may share their work. */
  String digest() {
    StringBuilder text = new StringBuilder(cut);
    for (Volume volume : volumes) {
      text.append('\n').append(volume.name).append('\n').append(volume.snapshot);
      text.append('\n').append(volume.source.sizeBytes());
    }
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.toString().getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
