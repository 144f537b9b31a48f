package io.mooring.storage.engine;

import io.mooring.storage.replication.HeadMessage;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.StreamId;
import io.mooring.storage.replication.VolumeId;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The streams of a head. Guarded by the head's lock, except where said otherwise. */
final class HeadStreams {

  private final HeadRun head;
  private final VolumeId volume;
  private final Optional<ReplicaId> local;
  private final HeadEnvironment environment;
  private final Map<StreamId, HeadStream> byId = new HashMap<>();
  private volatile HeadStream[] open = new HeadStream[0];
  private volatile Map<ReplicaId, InetSocketAddress> addresses;

  HeadStreams(
      HeadRun head,
      VolumeId volume,
      Optional<ReplicaId> local,
      Map<ReplicaId, InetSocketAddress> addresses,
      HeadEnvironment environment) {
    this.head = head;
    this.volume = volume;
    this.local = local;
    this.addresses = Map.copyOf(addresses);
    this.environment = environment;
  }

  /** Where the replicas are from now on. From any thread. */
  void addresses(Map<ReplicaId, InetSocketAddress> newest) {
    addresses = Map.copyOf(newest);
  }

  /** From any thread. */
  Map<ReplicaId, InetSocketAddress> addresses() {
    return addresses;
  }

  /** A failure to open is told to the head later, as the loss of the stream. */
  void open(ReplicaId replica, StreamId id, HeadMessage.Hello hello, AfterUnlock after) {
    if (local.filter(replica::equals).isPresent()) {
      ReplicaHost host = environment.replicas().find(volume, replica).orElse(null);
      if (host != null) {
        LocalStream stream = new LocalStream(head, id, host, environment.streamIds().get());
        add(id, stream);
        stream.open(hello, after);
        return;
      }
    }
    InetSocketAddress address = addresses.get(replica);
    if (address == null) {
      add(id, NoStream.INSTANCE);
      after.add(() -> head.streamLost(id, "replica %s has no address".formatted(replica)));
      return;
    }
    add(id, RemoteStream.open(address, id, hello, head, environment.payloads()));
  }

  private void add(StreamId id, HeadStream stream) {
    byId.put(id, stream);
    open = byId.values().toArray(HeadStream[]::new);
  }

  @Nullable HeadStream find(StreamId id) {
    return byId.get(id);
  }

  boolean contains(StreamId id) {
    return byId.containsKey(id);
  }

  @Nullable HeadStream remove(StreamId id) {
    HeadStream removed = byId.remove(id);
    open = byId.values().toArray(HeadStream[]::new);
    return removed;
  }

  /** Whether anything goes to other nodes. From any thread. */
  boolean hasRemote() {
    for (HeadStream stream : open) {
      if (!(stream instanceof LocalStream)) {
        return true;
      }
    }
    return false;
  }

  /** Sends what was appended, without waiting. From any thread, without the lock. */
  void flush() {
    for (HeadStream stream : open) {
      stream.flush();
    }
  }

  /** Bytes appended and not yet on their way. From any thread. */
  long queuedBytes() {
    long queued = 0;
    for (HeadStream stream : open) {
      queued += stream.queuedBytes();
    }
    return queued;
  }
}
