package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pages of up to {@link Limits#MAP_REGIONS_MAX} regions in a row.
 *
 * @param pages one for each region; absent where the region is all zeros
 */
public record VolumeMap(List<Optional<BlobRef>> pages) {

  public VolumeMap {
    if (pages.isEmpty() || pages.size() > Limits.MAP_REGIONS_MAX) {
      throw new IllegalArgumentException("a map of " + pages.size() + " regions");
    }
    pages = List.copyOf(pages);
  }

  public byte[] encode() {
    FieldWriter out = new FieldWriter().i32(pages.size());
    for (Optional<BlobRef> page : pages) {
      out.u8(page.isPresent() ? 1 : 0);
      page.ifPresent(out::ref);
    }
    return out.toBytes();
  }

  public static VolumeMap decode(byte[] bytes) throws BackupException {
    return FieldReader.all(
        bytes,
        "A map",
        in -> {
          int count = in.count(1);
          List<Optional<BlobRef>> pages = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            pages.add(in.u8() == 1 ? Optional.of(in.ref()) : Optional.empty());
          }
          return new VolumeMap(pages);
        });
  }
}
