package io.mooring.storage.simulation;

import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.ReplicaMessage;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * One connection between a head and a replica. Each direction keeps its order; a cut of the network
 * holds it up, a reset loses what is under way in both.
 */
final class Wire {
  /** How long a connection outlives a cut. */
  private static final long KEEPALIVE_NANOS = 800 * Scheduler.MILLIS;

  private static final long RETRY_NANOS = 20 * Scheduler.MILLIS;

  private final Scheduler scheduler;
  private final Network network;
  private final boolean inProcess;
  private final Direction<HeadMessage> toReplica;
  private final Direction<ReplicaMessage> toHead;
  private final End headEnd;
  private final End replicaEnd;
  private boolean up = true;

  Wire(Scheduler scheduler, Network network, boolean inProcess, End headEnd, End replicaEnd) {
    this.scheduler = scheduler;
    this.network = network;
    this.headEnd = headEnd;
    this.replicaEnd = replicaEnd;
    this.inProcess = inProcess;
    this.toReplica = new Direction<>(headEnd, replicaEnd);
    this.toHead = new Direction<>(replicaEnd, headEnd);
  }

  /**
   * One side of a connection.
   *
   * @param lost told that the connection has broken
   */
  record End(String node, Process process, Runnable lost) {}

  void receiveAtReplica(Consumer<Frame<HeadMessage>> receiver) {
    toReplica.receiver = receiver;
  }

  void receiveAtHead(Consumer<Frame<ReplicaMessage>> receiver) {
    toHead.receiver = receiver;
  }

  void toReplica(Frame<HeadMessage> frame) {
    toReplica.send(frame);
  }

  void toHead(Frame<ReplicaMessage> frame) {
    toHead.send(frame);
  }

  boolean isUp() {
    return up;
  }

  boolean isInProcess() {
    return inProcess;
  }

  boolean touches(Process process) {
    return headEnd.process() == process || replicaEnd.process() == process;
  }

  /** The head has closed it in good order or drops it; the other side notices if it can be told. */
  void closedByHead() {
    down(replicaEnd, headEnd);
  }

  /** The replica lets what it has already said arrive and then closes. */
  void closedByReplica() {
    toHead.closeBehind();
  }

  private void down(End told, End by) {
    if (up) {
      up = false;
      notice(by, told);
    }
  }

  /** Breaks the connection; each side notices at its own time, or has to find out by silence. */
  void reset() {
    if (up) {
      up = false;
      notice(replicaEnd, headEnd);
      notice(headEnd, replicaEnd);
    }
  }

  private void notice(End from, End to) {
    long delay = inProcess ? 0 : scheduler.between(20 * Scheduler.MICROS, 20 * Scheduler.MILLIS);
    scheduler.after(
        delay,
        "stream lost",
        () -> {
          if (network.reaches(from.node(), to.node())) {
            to.process().deliver(to.lost());
          }
        });
  }

  private final class Direction<M> {
    private final End from;
    private final End to;
    private final ArrayDeque<Frame<M>> queue = new ArrayDeque<>();
    private Consumer<Frame<M>> receiver = frame -> {};
    private boolean pumping;
    private boolean closing;
    private long cutSince = -1;

    private Direction(End from, End to) {
      this.from = from;
      this.to = to;
    }

    private void send(Frame<M> frame) {
      if (up && !closing) {
        queue.add(frame);
        pump(latency());
      }
    }

    private void closeBehind() {
      closing = true;
      pump(latency());
    }

    private long latency() {
      if (inProcess) {
        return scheduler.between(0, 3 * Scheduler.MICROS);
      }
      return scheduler.chance(0.01)
          ? scheduler.between(Scheduler.MILLIS, 60 * Scheduler.MILLIS)
          : scheduler.between(30 * Scheduler.MICROS, 300 * Scheduler.MICROS);
    }

    private void pump(long delay) {
      if (!pumping) {
        pumping = true;
        scheduler.after(delay, "wire", this::deliver);
      }
    }

    private void deliver() {
      pumping = false;
      if (!up) {
        queue.clear();
        return;
      }
      if (!network.reaches(from.node(), to.node())) {
        holdUp();
        return;
      }
      cutSince = -1;
      Frame<M> frame = queue.poll();
      if (frame != null) {
        Consumer<Frame<M>> receiving = receiver;
        to.process().deliver(() -> receiving.accept(frame));
      }
      if (!queue.isEmpty()) {
        pump(inProcess || scheduler.chance(0.7) ? Scheduler.MICROS : latency());
      } else if (closing) {
        down(to, from);
      }
    }

    private void holdUp() {
      if (cutSince < 0) {
        cutSince = scheduler.now();
      }
      if (scheduler.now() - cutSince > KEEPALIVE_NANOS) {
        reset();
      } else {
        pump(RETRY_NANOS);
      }
    }
  }
}
