package io.mooring.storage.backup.format;

import io.mooring.storage.backup.fault.BackupException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a region consists of, from its first byte to its last. The same content in the same packs is
 * the same page: an unchanged region costs a reference.
 */
public record RegionPage(int lengthBytes, List<Run> runs) {

  private static final int HOLE = 0;
  private static final int CHUNK = 1;

  public RegionPage {
    long sum = runs.stream().mapToLong(Run::lengthBytes).sum();
    if (sum != lengthBytes || lengthBytes > Limits.REGION_BYTES) {
      throw new IllegalArgumentException("a region of " + lengthBytes + " with runs of " + sum);
    }
    runs = List.copyOf(runs);
  }

  /** Packs that the region's chunks are in. */
  public Set<PackId> packs() {
    return runs.stream()
        .filter(Run.Chunk.class::isInstance)
        .map(run -> ((Run.Chunk) run).ref().pack())
        .collect(Collectors.toSet());
  }

  public byte[] encode() {
    Map<PackId, Integer> packs = new LinkedHashMap<>();
    FieldWriter body = new FieldWriter();
    for (Run run : runs) {
      switch (run) {
        case Run.Hole(int length) -> body.u8(HOLE).i32(length);
        case Run.Chunk(BlobRef ref) -> {
          body.u8(CHUNK).u16(packs.computeIfAbsent(ref.pack(), pack -> packs.size()));
          body.placeInPack(ref);
        }
      }
    }
    FieldWriter page = new FieldWriter().i32(lengthBytes).i32(packs.size());
    packs.keySet().forEach(page::pack);
    page.i32(runs.size());
    return concat(page.toBytes(), body.toBytes());
  }

  public static RegionPage decode(byte[] bytes) throws BackupException {
    return FieldReader.all(
        bytes,
        "A page",
        in -> {
          int length = in.i32();
          List<PackId> packs = new ArrayList<>();
          for (int left = in.count(PackId.BYTES); left > 0; left--) {
            packs.add(in.pack());
          }
          List<Run> runs = new ArrayList<>();
          for (int left = in.count(5); left > 0; left--) {
            runs.add(
                switch (in.u8()) {
                  case HOLE -> new Run.Hole(in.i32());
                  case CHUNK -> new Run.Chunk(in.placeIn(packs.get(in.u16())));
                  default -> throw new IllegalArgumentException("unknown kind of run");
                });
          }
          return new RegionPage(length, runs);
        });
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
