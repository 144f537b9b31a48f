package io.mooring.storage.replication;

/**
 * A range that a write or a copy wants for itself. Claims that overlap take effect in the order of
 * their tickets, one at a time.
 */
final class Claim {
  private final long offset;
  private final long end;
  private final long ticket;
  private boolean granted;
  int position;

  Claim(ByteRange range, long ticket) {
    this.offset = range.offset();
    this.end = range.end();
    this.ticket = ticket;
  }

  long offset() {
    return offset;
  }

  long end() {
    return end;
  }

  long ticket() {
    return ticket;
  }

  boolean overlaps(long otherOffset, long otherEnd) {
    return offset < otherEnd && otherOffset < end;
  }

  boolean isGranted() {
    return granted;
  }

  void grant() {
    granted = true;
  }
}
