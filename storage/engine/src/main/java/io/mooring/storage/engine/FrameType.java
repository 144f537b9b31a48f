package io.mooring.storage.engine;

import org.jspecify.annotations.Nullable;

/** The kinds of frames; numbers are part of the wire format. */
enum FrameType {
  HELLO(1),
  WRITE(2),
  ZERO(3),
  COPY(4),
  FLUSH(5),
  SET(6),
  SETTLED(7),
  QUERY_SUSPECTS(8),
  QUERY_DIRTY(9),
  QUERY_ALLOCATED(10),
  DIGEST(11),
  READ(12),
  RESIZE(13),
  PING(14),
  SNAPSHOT(15),
  WELCOME(65),
  REFUSED(66),
  APPLIED(67),
  APPLIED_ONE(68),
  FLUSHED(69),
  BLOCKS(70),
  DIGESTS(71),
  DATA(72),
  RESIZED(73),
  PONG(74),
  FAILED(75),
  UNREADABLE(76),
  FROZEN(77),
  NOT_FROZEN(78);

  private static final @Nullable FrameType[] BY_NUMBER = new @Nullable FrameType[128];

  static {
    for (FrameType type : values()) {
      BY_NUMBER[type.number] = type;
    }
  }

  private final byte number;

  FrameType(int number) {
    this.number = (byte) number;
  }

  byte number() {
    return number;
  }

  static @Nullable FrameType of(byte number) {
    return number < 0 ? null : BY_NUMBER[number];
  }
}
