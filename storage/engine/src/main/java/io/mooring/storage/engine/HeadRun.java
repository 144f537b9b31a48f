package io.mooring.storage.engine;

import io.mooring.storage.replication.Head;
import io.mooring.storage.replication.HeadEffect;
import io.mooring.storage.replication.HeadInput;
import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.HeadRecord;
import io.mooring.storage.replication.HeadSettings;
import io.mooring.storage.replication.HeadState;
import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.ReplicaMessage;
import io.mooring.storage.replication.RequestId;
import io.mooring.storage.replication.ResyncProgress;
import io.mooring.storage.replication.StreamId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of a head: the protocol's {@link Head} behind a lock, its streams, its requests, and the
 * payloads of what is under way.
 *
 * <p>The thread that brings a request also applies it to the local replica and hands it to the
 * sockets of the others; none of these calls waits for another node. Where a request ends, it is
 * answered by the thread that learned so.
 */
final class HeadRun {

  /** So much written and not acknowledged, or read and not delivered, stops further requests. */
  private static final long UNDER_WAY_BYTES_MAX = 64 << 20;

  /** A client that tells when it is idle is sent for earlier when so much has gathered. */
  private static final long HELD_BACK_BYTES_MAX = 256 << 10;

  private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocateDirect(0);

  private final HeadSettings settings;
  private final HeadEnvironment environment;
  private final Listener listener;
  private final HeadStreams streams;
  private final HeadRecordWriter records;
  private final RequestAdmission admission = new RequestAdmission(UNDER_WAY_BYTES_MAX);

  private final ReentrantLock lock = new ReentrantLock();
  private final Head head;
  private final Map<RequestId, ClientRequest> requests = new HashMap<>();

  /** What was read for resync and reconcile, by the request that read it. */
  private final Map<RequestId, Payload> contents = new HashMap<>();

  /**
   * Tells the listener in the order in which things happened, whichever threads brought them: a
   * state that is the last must be heard last, and the catalogue answers reports in their order.
   */
  private final SerialExecutor news;

  private AfterUnlock after = AfterUnlock.batching();
  private long lastRequest = -1;

  private volatile HeadState state = new HeadState.Opening();
  private volatile long sizeBytes;
  private volatile List<ReplicaId> members;

  HeadRun(
      HeadSettings settings,
      Map<ReplicaId, InetSocketAddress> addresses,
      HeadEnvironment environment,
      HeadFile file,
      Listener listener) {
    this.settings = settings;
    this.environment = environment;
    this.listener = listener;
    this.news = new SerialExecutor(environment.background());
    this.sizeBytes = settings.sizeBytes();
    this.members = settings.start().membership().inSync();
    this.streams =
        new HeadStreams(this, settings.volume(), settings.local(), addresses, environment);
    this.records =
        new HeadRecordWriter(
            file,
            settings.start(),
            this::fileContent,
            this::isOver,
            listener::recordFailed,
            environment.background());
    this.head = new Head(settings);
  }

  /**
   * Hears what concerns others, one call at a time and in order. Called without a lock held, on a
   * thread of its own.
   */
  interface Listener {
    void stateChanged(HeadState state);

    void lost(HeadEffect.ReportLost lost);

    void caughtUp(HeadEffect.ReportCaughtUp caughtUp);

    void recordFailed(String reason);
  }

  void start() {
    on(new HeadInput.Started());
    Thread.ofPlatform().daemon().name("head-timer-" + settings.volume()).start(this::keepTime);
  }

  private void keepTime() {
    while (!isOver()) {
      LockSupport.parkNanos(settings.limits().timing().tickNanos());
      on(new HeadInput.Ticked());
      admission.tick();
    }
  }

  private boolean isOver() {
    return state.isOver();
  }

  private HeadFile.Content fileContent(HeadRecord record) {
    return new HeadFile.Content(
        settings.volume(), record, sizeBytes, settings.profile(), streams.addresses());
  }

  /**
   * Takes a request of a client, on the client's thread.
   *
   * @param hold the client tells through {@link #sendHeldBack} when it has no more requests for now
   */
  void submit(ClientRequest request, boolean hold) {
    admission.enter(request.bytes(), streams::queuedBytes);
    AfterUnlock work = AfterUnlock.ofClient();
    lock.lock();
    try {
      begin(request, work);
    } finally {
      lock.unlock();
    }
    if (!hold) {
      sendHeldBack();
    }
    work.run();
    if (!hold || streams.queuedBytes() > HELD_BACK_BYTES_MAX) {
      sendHeldBack();
    }
  }

  private void begin(ClientRequest request, AfterUnlock work) {
    RequestId id = new RequestId(++lastRequest);
    requests.put(id, request);
    after = work;
    head.on(request.input(id), System.nanoTime(), this::carryOut);
  }

  List<ResyncProgress> resyncs() {
    lock.lock();
    try {
      return head.resyncs();
    } finally {
      lock.unlock();
    }
  }

  /** Sends to other nodes what was held back. */
  void sendHeldBack() {
    streams.flush();
  }

  // What streams bring

  void received(StreamId stream, ReplicaMessage message) {
    AfterUnlock work = AfterUnlock.batching();
    received(stream, message, NO_PAYLOAD, work);
    work.runAndSend();
    sendHeldBack();
  }

  /** A message without payload; the caller runs {@code work}. */
  void received(StreamId stream, ReplicaMessage message, AfterUnlock work) {
    received(stream, message, NO_PAYLOAD, work);
  }

  /**
   * @param payload the bytes of data, valid during the call
   */
  void received(StreamId stream, ReplicaMessage message, ByteBuffer payload, AfterUnlock work) {
    lock.lock();
    try {
      if (!streams.contains(stream)) {
        return;
      }
      if (message instanceof ReplicaMessage.Data(RequestId request, boolean zeros)) {
        keep(request, zeros, payload);
      }
      after = work;
      head.on(new HeadInput.Received(stream, message), System.nanoTime(), this::carryOut);
    } finally {
      lock.unlock();
    }
  }

  private void keep(RequestId id, boolean zeros, ByteBuffer payload) {
    if (id.isInternal()) {
      if (!zeros) {
        contents.put(id, Payload.copied(environment.payloads(), payload));
      }
      return;
    }
    ClientRequest request = requests.get(id);
    if (request != null) {
      ByteBuffer target = request.target().duplicate();
      if (zeros) {
        while (target.hasRemaining()) {
          target.put((byte) 0);
        }
      } else {
        target.put(payload.duplicate());
      }
    }
  }

  void streamLost(StreamId stream, String reason) {
    AfterUnlock work = AfterUnlock.batching();
    lock.lock();
    try {
      if (streams.remove(stream) == null) {
        return;
      }
      after = work;
      head.on(new HeadInput.StreamLost(stream, reason), System.nanoTime(), this::carryOut);
    } finally {
      lock.unlock();
    }
    work.runAndSend();
    sendHeldBack();
  }

  void on(HeadInput input) {
    AfterUnlock work = AfterUnlock.batching();
    lock.lock();
    try {
      after = work;
      head.on(input, System.nanoTime(), this::carryOut);
    } finally {
      lock.unlock();
    }
    work.runAndSend();
    sendHeldBack();
  }

  // Effects

  private void carryOut(HeadEffect effect) {
    switch (effect) {
      case HeadEffect.Send(ReplicaId _, StreamId stream, HeadMessage message) ->
          send(stream, message);
      case HeadEffect.Complete(RequestId request, Outcome outcome) -> complete(request, outcome);
      case HeadEffect.Queued(RequestId request) -> {
        Payload payload = required(request).payload();
        if (payload != null) {
          payload.keep();
        }
      }
      case HeadEffect.Release(RequestId request) -> {
        Payload content = contents.remove(request);
        after.add(() -> Payload.release(content));
      }
      case HeadEffect.OpenStream(ReplicaId replica, StreamId stream, HeadMessage.Hello hello) ->
          streams.open(replica, stream, hello, after);
      case HeadEffect.CloseStream(ReplicaId _, StreamId stream) -> {
        HeadStream closed = streams.remove(stream);
        if (closed != null) {
          closed.close(after);
        }
      }
      case HeadEffect.PersistRecord(HeadRecord record, long token) -> {
        members = record.membership().inSync();
        records.write(record, () -> on(new HeadInput.RecordPersisted(token)));
      }
      case HeadEffect.ReportLost lost -> news.execute(() -> listener.lost(lost));
      case HeadEffect.ReportCaughtUp caughtUp -> news.execute(() -> listener.caughtUp(caughtUp));
      case HeadEffect.StateChanged(HeadState next) -> {
        state = next;
        news.execute(() -> listener.stateChanged(next));
      }
    }
  }

  private void send(StreamId stream, HeadMessage message) {
    HeadStream open = streams.find(stream);
    if (open == null) {
      return;
    }
    switch (message) {
      case HeadMessage.Write write ->
          open.send(message, required(write.payload()).payload(), after);
      case HeadMessage.Copy copy -> open.send(message, contents.get(copy.payload()), after);
      case HeadMessage.Read read when open instanceof LocalStream local && isClients(read) ->
          readLocally(stream, local, read);
      case HeadMessage.Read _,
          HeadMessage.Hello _,
          HeadMessage.Zero _,
          HeadMessage.Flush _,
          HeadMessage.SetMembership _,
          HeadMessage.Settled _,
          HeadMessage.Query _,
          HeadMessage.Digest _,
          HeadMessage.Resize _,
          HeadMessage.Snapshot _,
          HeadMessage.Ping _ ->
          open.send(message, null, after);
    }
  }

  private static boolean isClients(HeadMessage.Read read) {
    return !read.request().isInternal();
  }

  /** The shortest way for a read: no replica lock, no copy. */
  private void readLocally(StreamId stream, LocalStream local, HeadMessage.Read read) {
    ClientRequest request = required(read.request());
    request.filling();
    AfterUnlock work = after;
    work.add(() -> {
      IOException failure = null;
      try {
        local.reads().read(read.range().offset(), request.target());
      } catch (IOException e) {
        failure = e;
      }
      filled(stream, read.request(), request, failure == null, work);
      if (failure != null) {
        local.readFailed(read, failure);
      }
    });
  }

  private void filled(
      StreamId stream, RequestId id, ClientRequest request, boolean hasBytes, AfterUnlock work) {
    lock.lock();
    try {
      after = work;
      Outcome ended = request.filled();
      if (ended != null) {
        complete(id, ended);
      } else if (hasBytes && streams.contains(stream)) {
        ReplicaMessage answer = new ReplicaMessage.Data(id, false);
        head.on(new HeadInput.Received(stream, answer), System.nanoTime(), this::carryOut);
      }
    } finally {
      lock.unlock();
    }
  }

  private void complete(RequestId id, Outcome outcome) {
    ClientRequest request = required(id);
    if (request.holdBack(outcome)) {
      return;
    }
    requests.remove(id);
    if (outcome instanceof Outcome.Interrupted && request.isRepeatable()) {
      AfterUnlock work = after;
      work.add(() -> {
        lock.lock();
        try {
          begin(request, work);
        } finally {
          lock.unlock();
        }
      });
      return;
    }
    AfterUnlock work = after;
    work.add(() -> {
      admission.leave(request.bytes());
      request.end(outcome, work);
    });
  }

  private ClientRequest required(RequestId id) {
    ClientRequest request = requests.get(id);
    if (request == null) {
      throw new IllegalStateException(
          "request %s of %s is not open".formatted(id, settings.volume()));
    }
    return request;
  }

  HeadState state() {
    return state;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Every member has the new size. */
  void grown(long newSizeBytes) {
    sizeBytes = newSizeBytes;
    records.rewrite();
  }

  HeadStreams streams() {
    return streams;
  }

  /** The replica in this process, if it is a member of the in-sync set (I4). */
  @Nullable ReplicaHost readableReplica() {
    return settings
        .local()
        .filter(members::contains)
        .flatMap(replica -> environment.replicas().find(settings.volume(), replica))
        .orElse(null);
  }
}
