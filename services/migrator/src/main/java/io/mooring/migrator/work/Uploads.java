package io.mooring.migrator.work;

import io.mooring.storage.backup.SharedBlobs;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Volumes of one backup that this instance sends at the same time find each other's content. */
final class Uploads {

  /** Sends one volume. */
  interface Upload {
    void send(SharedBlobs shared) throws IOException;
  }

  private record Group(SharedBlobs blobs, int members) {}

  private final Map<String, Group> groups = new ConcurrentHashMap<>();
  private final long indexBytes;

  /**
   * @param indexBytes memory that a group may use
   */
  Uploads(long indexBytes) {
    this.indexBytes = indexBytes;
  }

  /** Whatever joins while others of the backup are under way shares with them. */
  void together(String backup, Upload upload) throws IOException {
    Group group =
        groups.compute(
            backup,
            (_, present) ->
                present == null
                    ? new Group(new SharedBlobs(indexBytes), 1)
                    : new Group(present.blobs(), present.members() + 1));
    try {
      upload.send(group.blobs());
    } finally {
      groups.computeIfPresent(
          backup,
          (_, present) ->
              present.members() == 1 ? null : new Group(present.blobs(), present.members() - 1));
    }
  }
}
