package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What stands under a backup's name: the whole backup, or the word that there is none and will be
 * none. It is written once, on condition that the name is free, so that a backup exists completely
 * or not at all, and so that a writer that was given up can never complete.
 */
public sealed interface RootObject {

  String PREFIX = "backups/";

  /** Name of the object. */
  static String objectName(String backup) {
    return PREFIX + backup;
  }

  /**
   * A complete backup.
   *
   * @param cut the moment that all volumes show, as the snapshots' maker names it
   * @param contentBytes content of all volumes, holes not counted
   */
  record Complete(
      UUID session,
      Instant at,
      String cut,
      long contentBytes,
      List<VolumeRoot> volumes,
      List<ApplicationObject> objects)
      implements RootObject {

    public Complete {
      volumes = List.copyOf(volumes);
      objects = List.copyOf(objects);
    }
  }

  /** Deleted or given up. Keeps the name from being used by whoever is late. */
  record Tombstone(Instant at, String reason) implements RootObject {}

  /**
   * A volume.
   *
   * @param snapshot name of the snapshot that was read; a later backup may ask what changed since
   * @param maps blobs of type MAP, in order
   */
  record VolumeRoot(String name, String snapshot, long sizeBytes, List<BlobRef> maps) {
    public VolumeRoot {
      maps = List.copyOf(maps);
    }

    /** Number of regions that a size makes. */
    public static int regionsOf(long sizeBytes) {
      return Math.toIntExact((sizeBytes + Limits.REGION_BYTES - 1) / Limits.REGION_BYTES);
    }
  }

  /** Something that describes the application, such as a manifest; content in blobs, in order. */
  record ApplicationObject(String name, List<BlobRef> parts) {
    public ApplicationObject {
      parts = List.copyOf(parts);
    }
  }

  /** Plain bytes, to be sealed as a record. */
  default byte[] encode() {
    FieldWriter out = new FieldWriter();
    switch (this) {
      case Complete complete -> {
        out.u8(1).uuid(complete.session).instant(complete.at).text(complete.cut);
        out.i64(complete.contentBytes).i32(complete.volumes.size());
        for (VolumeRoot volume : complete.volumes) {
          out.text(volume.name).text(volume.snapshot).i64(volume.sizeBytes);
          refs(out, volume.maps);
        }
        out.i32(complete.objects.size());
        for (ApplicationObject object : complete.objects) {
          out.text(object.name);
          refs(out, object.parts);
        }
      }
      case Tombstone(Instant at, String reason) -> out.u8(2).instant(at).text(reason);
    }
    return out.toBytes();
  }

  static RootObject decode(byte[] bytes) throws BackupException {
    return FieldReader.all(
        bytes,
        "A root",
        in ->
            switch (in.u8()) {
              case 1 -> complete(in);
              case 2 -> new Tombstone(in.instant(), in.text());
              default -> throw new IllegalArgumentException("unknown kind of root");
            });
  }

  private static Complete complete(FieldReader in) {
    UUID session = in.uuid();
    Instant at = in.instant();
    String cut = in.text();
    long contentBytes = in.i64();
    List<VolumeRoot> volumes = new ArrayList<>();
    for (int left = in.count(16); left > 0; left--) {
      volumes.add(new VolumeRoot(in.text(), in.text(), in.i64(), refs(in)));
    }
    List<ApplicationObject> objects = new ArrayList<>();
    for (int left = in.count(6); left > 0; left--) {
      objects.add(new ApplicationObject(in.text(), refs(in)));
    }
    return new Complete(session, at, cut, contentBytes, volumes, objects);
  }

  private static void refs(FieldWriter out, List<BlobRef> refs) {
    out.i32(refs.size());
    refs.forEach(out::ref);
  }

  private static List<BlobRef> refs(FieldReader in) {
    List<BlobRef> refs = new ArrayList<>();
    for (int left = in.count(PackId.BYTES); left > 0; left--) {
      refs.add(in.ref());
    }
    return refs;
  }
}
