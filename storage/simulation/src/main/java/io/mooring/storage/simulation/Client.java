package io.mooring.storage.simulation;

import io.mooring.storage.replication.ByteRange;
import io.mooring.storage.replication.HeadInput;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.RequestId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What uses an attached device: overlapping writes with stamps, trims, reads and flushes, several
 * at a time. It outlives the agent, and sends what was not answered again to the next one, as the
 * kernel does; it does not outlive its machine.
 */
final class Client {
  private static final int OUTSTANDING_MAX = 8;

  private final Simulation simulation;
  private final Scheduler scheduler;
  private final Map<RequestId, Request> outstanding = new LinkedHashMap<>();
  private @Nullable HeadRun head;
  private boolean alive = true;
  private long lastRequest;

  Client(Simulation simulation) {
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
    workLater();
  }

  boolean isAlive() {
    return alive;
  }

  void die() {
    alive = false;
    head = null;
  }

  /**
   * The head serves after an opening: what it has not answered takes effect from now on, in the
   * order known to it.
   */
  void served() {
    outstanding.values().stream()
        .filter(Request.Write.class::isInstance)
        .map(Request.Write.class::cast)
        .sorted(Comparator.comparingLong(write -> write.open().order()))
        .toList()
        .forEach(this::reopened);
  }

  /** A (new) run of the head serves the device: everything unanswered is sent again. */
  void attach(HeadRun run) {
    head = run;
    List.copyOf(outstanding.values()).forEach(request -> submit(reopened(request)));
  }

  void detach() {
    head = null;
  }

  private void workLater() {
    scheduler.after(
        scheduler.between(50, 4_000) * Scheduler.MICROS * simulation.clientPause(),
        "client",
        () -> {
          if (alive) {
            work();
            workLater();
          }
        });
  }

  private void work() {
    HeadRun run = head;
    if (run == null || outstanding.size() >= OUTSTANDING_MAX || run.process().isPaused()) {
      return;
    }
    RequestId id = new RequestId(lastRequest++);
    Request request = nextRequest(id, run);
    outstanding.put(id, request);
    submit(request);
  }

  private Request nextRequest(RequestId id, HeadRun run) {
    int kind = scheduler.below(100);
    if (kind < 15) {
      return new Request.Flush(id, simulation.history().newest());
    }
    int hotRun = scheduler.below(Layout.hotRuns());
    int first = scheduler.below(Layout.hotRunLength(hotRun));
    int sectors = 1 + scheduler.below(Layout.hotRunLength(hotRun) - first);
    ByteRange range = Layout.hotRange(hotRun, first, sectors);
    if (kind < 40) {
      return new Request.Read(id, range, simulation.history().newest());
    }
    long stamp = kind < 50 ? 0 : simulation.nextStamp();
    boolean superseded = simulation.history().isSuperseded(run.promise());
    long order = superseded ? 0 : simulation.history().submitted(range, stamp);
    return new Request.Write(id, new History.OpenWrite(range, stamp, order), scheduler.chance(0.1));
  }

  private void submit(Request request) {
    HeadRun run = head;
    if (run == null) {
      return;
    }
    switch (request) {
      case Request.Write write when write.stamp() == 0 ->
          run.on(new HeadInput.ZeroRequested(write.id(), write.range(), write.durable()));
      case Request.Write write ->
          run.on(new HeadInput.WriteRequested(write.id(), write.range(), write.durable()));
      case Request.Read read -> run.on(new HeadInput.ReadRequested(read.id(), read.range()));
      case Request.Flush flush -> run.on(new HeadInput.FlushRequested(flush.id()));
    }
  }

  /** The bytes of a write, as the head's engine puts them on the wire. */
  long[] payload(RequestId id, ByteRange range) {
    if (!(outstanding.get(id) instanceof Request.Write write)) {
      throw new SimulationFailure(
          "the payload of request " + id + " is asked for after it was answered");
    }
    long[] content = new long[Layout.sectors(range)];
    Arrays.fill(content, write.stamp());
    return content;
  }

  void completed(HeadRun run, RequestId id, Outcome outcome, long[] data) {
    if (run != head || !alive) {
      return;
    }
    Request request = outstanding.get(id);
    if (request == null) {
      throw new SimulationFailure("request " + id + " is answered twice");
    }
    switch (outcome) {
      case Outcome.Interrupted _ -> scheduler.after(0, "again", () -> again(run, id));
      case Outcome.Failed(Outcome.Cause cause)
          when cause == Outcome.Cause.UNREADABLE && request instanceof Request.Read ->
          outstanding.remove(id);
      case Outcome.Failed _ -> die();
      case Outcome.Taken _, Outcome.NotTaken _ ->
          throw new SimulationFailure("a client's request ends as " + outcome);
      case Outcome.Done _ -> {
        outstanding.remove(id);
        done(run.promise(), request, data);
      }
    }
  }

  private void again(HeadRun run, RequestId id) {
    run.process()
        .deliver(() -> {
          Request request = outstanding.get(id);
          if (head == run && request != null) {
            submit(reopened(request));
          }
        });
  }

  private Request reopened(Request request) {
    if (request instanceof Request.Write write) {
      Request again = write.reopened(simulation.history());
      outstanding.replace(write.id(), again);
      return again;
    }
    return request;
  }

  private void done(Promise run, Request request, long[] data) {
    switch (request) {
      case Request.Write write ->
          simulation
              .history()
              .acknowledged(run, write.open(), write.durable() && simulation.flushIsDurable());
      case Request.Read read ->
          simulation.history().checkRead(run, read.range(), read.newest(), data);
      case Request.Flush flush -> {
        if (simulation.flushIsDurable() && !simulation.history().isSuperseded(run)) {
          simulation.history().flushed(flush.newest());
        }
      }
    }
  }

  private sealed interface Request {
    record Write(RequestId id, History.OpenWrite open, boolean durable) implements Request {
      private ByteRange range() {
        return open.range();
      }

      private long stamp() {
        return open.stamp();
      }

      private Write reopened(History history) {
        return new Write(id, history.resubmitted(open), durable);
      }
    }

    record Read(RequestId id, ByteRange range, long[] newest) implements Request {}

    record Flush(RequestId id, long[] newest) implements Request {}
  }
}
