package io.mooring.storage.nbd;

/** A run of bytes with the same allocation status. */
public record Extent(long lengthBytes, Allocation allocation) {

  /** What is known about a run. */
  public enum Allocation {
    /** Allocated, content unknown without reading. */
    DATA(0),
    /** Allocated and reads as zeros. */
    ZERO(Protocol.AllocationFlag.ZERO),
    /** Not allocated; reads as zeros. */
    HOLE(Protocol.AllocationFlag.HOLE | Protocol.AllocationFlag.ZERO);

    private final int wireFlags;

    Allocation(int wireFlags) {
      this.wireFlags = wireFlags;
    }

    int wireFlags() {
      return wireFlags;
    }

    static Allocation ofWireFlags(int flags) {
      if ((flags & Protocol.AllocationFlag.ZERO) == 0) {
        return DATA;
      }
      return (flags & Protocol.AllocationFlag.HOLE) == 0 ? ZERO : HOLE;
    }
  }

  public Extent {
    if (lengthBytes <= 0) {
      throw new IllegalArgumentException("an extent of " + lengthBytes + " bytes");
    }
  }
}
