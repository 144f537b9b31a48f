package io.mooring.storage.replication;

import io.mooring.storage.replication.HeadMessage.Membership;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the client.
 *
 * <p>A replica may already show a write that others have not applied. Such content must not reach
 * the client before the write is acknowledged: if the replica died, the next read would go back in
 * time. So a read that meets writes under way when its data arrive waits until they have ended.
 */
final class ClientReads {
  private final Outbox outbox;
  private final Links links;
  private final Claims claims;
  private final Map<RequestId, Read> open = new LinkedHashMap<>();
  private final List<Read> arrived = new ArrayList<>();

  ClientReads(Outbox outbox, Links links, Claims claims) {
    this.outbox = outbox;
    this.links = links;
    this.claims = claims;
  }

  void request(RequestId request, ByteRange range, boolean serving, Membership membership) {
    Read read = new Read(request, range);
    open.put(request, read);
    if (serving) {
      dispatch(read, membership);
    }
  }

  private void dispatch(Read read, Membership membership) {
    List<Link> readable = links.readable(membership);
    for (Link link : readable) {
      if (!read.unreadableAt.contains(link.replica())) {
        read.source = link;
        link.open().await(outbox.now());
        outbox.send(link, new HeadMessage.Read(read.request, read.range));
        return;
      }
    }
    if (!readable.isEmpty()) {
      open.remove(read.request);
      outbox.complete(read.request, new Outcome.Failed(Outcome.Cause.UNREADABLE));
    }
  }

  /** A member cannot read the range: another one is asked, and only if none can the read fails. */
  void unreadable(RequestId request, Link link, boolean serving, Membership membership) {
    Read read = open.get(request);
    if (read == null || read.source != link) {
      return;
    }
    read.source = null;
    read.unreadableAt.add(link.replica());
    if (serving) {
      dispatch(read, membership);
    }
  }

  void arrived(RequestId request, boolean serving) {
    Read read = open.get(request);
    if (read == null || read.source == null) {
      return; // answered from a stream that was given up since
    }
    read.source = null;
    read.newestClaim = claims.lastTicket();
    if (serving && !claims.isBusy(read.range, read.newestClaim)) {
      complete(read);
    } else {
      arrived.add(read);
    }
  }

  private void complete(Read read) {
    open.remove(read.request);
    outbox.complete(read.request, Outcome.DONE);
  }

  /** Completes the reads whose writes have ended. */
  void completeArrived() {
    if (!arrived.isEmpty()) {
      List<Read> free =
          arrived.stream().filter(read -> !claims.isBusy(read.range, read.newestClaim)).toList();
      arrived.removeAll(free);
      free.forEach(this::complete);
    }
  }

  /** The head serves (again): sends what has no source, completes what has waited. */
  void resume(Membership membership) {
    for (Read read : List.copyOf(open.values())) {
      if (read.source == null && !arrived.contains(read)) {
        dispatch(read, membership);
      }
    }
    completeArrived();
  }

  void streamClosed(Link link) {
    for (Read read : open.values()) {
      if (read.source == link) {
        read.source = null;
      }
    }
  }

  /** Every stream is gone; what had arrived is read again. */
  void restart() {
    arrived.clear();
    open.values().forEach(read -> read.source = null);
  }

  void failAll(Outcome outcome) {
    open.keySet().forEach(request -> outbox.complete(request, outcome));
    open.clear();
    arrived.clear();
  }

  private static final class Read {
    private final RequestId request;
    private final ByteRange range;
    private final Set<ReplicaId> unreadableAt = new HashSet<>(0);
    private @Nullable Link source;
    private long newestClaim;

    private Read(RequestId request, ByteRange range) {
      this.request = request;
      this.range = range;
    }
  }
}
