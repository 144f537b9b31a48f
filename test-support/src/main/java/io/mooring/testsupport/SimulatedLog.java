package io.mooring.testsupport;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A log that is kept as Kafka keeps it, on a clock of its own. Times are in ms. */
public final class SimulatedLog {

  /**
   * Settings of its topic; a negative limit is none.
   *
   * @param segmentMs age at which a segment is closed
   */
  public record Settings(
      long bytesMax, long ageMsMax, long segmentBytes, long segmentMs, long deleteDelayMs) {}

  private record Chunk(long at, long bytes) {}

  private record Deleted(long at, long bytes) {}

  private static final class Segment {
    private final long begunAt;
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private long bytes;

    Segment(long begunAt) {
      this.begunAt = begunAt;
    }
  }

  private final Settings settings;
  private final long checkMs;
  private final long checkPhase;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private final List<Deleted> deleted = new ArrayList<>();
  private long now;

  /**
   * An empty log.
   *
   * @param checkMs interval at which it is looked for what may be deleted
   * @param checkPhase when in the interval
   */
  public SimulatedLog(Settings settings, long checkMs, long checkPhase) {
    this.settings = settings;
    this.checkMs = checkMs;
    this.checkPhase = checkPhase;
    segments.add(new Segment(0));
  }

  /** Lets time pass, at whose end so much is written. */
  public void step(long ms, long bytes) {
    now += ms;
    write(bytes);
    if (now % checkMs == checkPhase) {
      deleteBySize();
      deleteByAge();
    }
    deleted.removeIf(file -> file.at() + settings.deleteDelayMs() <= now);
  }

  private void write(long bytes) {
    Segment active = segments.getLast();
    if (active.bytes > 0
        && (active.bytes + bytes > settings.segmentBytes()
            || now - active.begunAt > settings.segmentMs())) {
      active = new Segment(now);
      segments.add(active);
    }
    if (bytes > 0) {
      active.chunks.add(new Chunk(now, bytes));
      active.bytes += bytes;
    }
  }

  private void deleteBySize() {
    while (settings.bytesMax() >= 0
        && segments.size() > 1
        && logBytes() - segments.getFirst().bytes >= settings.bytesMax()) {
      deleteFirst();
    }
  }

  private void deleteByAge() {
    while (settings.ageMsMax() >= 0
        && !segments.getFirst().chunks.isEmpty()
        && now - segments.getFirst().chunks.getLast().at() > settings.ageMsMax()) {
      if (segments.size() == 1) {
        segments.add(new Segment(now));
      }
      deleteFirst();
    }
  }

  private void deleteFirst() {
    deleted.add(new Deleted(now, segments.removeFirst().bytes));
  }

  /** What Kafka says that the log has. */
  public long logBytes() {
    return segments.stream().mapToLong(segment -> segment.bytes).sum();
  }

  /** What it takes on the disk, less what was already deleted at a moment. */
  public long diskBytes(long since) {
    return logBytes()
        + deleted.stream().filter(file -> file.at() > since).mapToLong(Deleted::bytes).sum();
  }

  public long now() {
    return now;
  }

  /** Share of the log that was written before a moment. */
  public double shareBefore(long at) {
    long older = 0;
    for (Segment segment : segments) {
      for (Chunk chunk : segment.chunks) {
        older += chunk.at() < at ? chunk.bytes() : 0;
      }
    }
    return older / (double) Math.max(1, logBytes());
  }
}
