package io.mooring.storage.nbd;

import io.mooring.storage.linux.TcpPacing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an NBD export. Requests of any thread go out at once and end in any order;
 * their futures complete on the connection's reader, so what depends on them must not block. A
 * request blocks its caller only while the socket is full. When the connection is lost, everything
 * under way fails with NBD-023 and may have happened or not; connecting again is the caller's
 * decision.
 */
public final class NbdClient implements AutoCloseable {

  private static final int UNIX_BUFFER_BYTES = 4 << 20;
  private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final ServerOffer offer;
  private final ClientInput input;
  private final Map<Long, ClientRequest> underWay = new ConcurrentHashMap<>();
  private final Thread reader;

  /** Guards the sending side: {@link #header} and {@link #lastCookie}. */
  private final ReentrantLock sending = new ReentrantLock();

  private final ByteBuffer header = ByteBuffer.allocateDirect(Protocol.REQUEST_BYTES);
  private long lastCookie;

  private volatile @Nullable NbdException failure;

  private NbdClient(SocketChannel channel, ClientInput input, ServerOffer offer) {
    this.channel = channel;
    this.input = input;
    this.offer = offer;
    this.reader = Thread.ofPlatform().daemon().name("nbd client").unstarted(this::readReplies);
  }

  /**
   * Connects over TCP or a unix socket and opens an export.
   *
   * @param timeout for connecting and the handshake together
   */
  public static NbdClient connect(SocketAddress address, String export, Duration timeout)
      throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    var watch =
        CompletableFuture.runAsync(
            () -> closeQuietly(channel),
            CompletableFuture.delayedExecutor(timeout.toNanos(), TimeUnit.NANOSECONDS));
    try {
      tune(channel, address);
      channel.connect(address);
      if (address instanceof InetSocketAddress) {
        TcpPacing.avoid(channel);
      }
      ClientInput input = new ClientInput(channel);
      ServerOffer offer = new ClientHandshake(input, channel, export).run();
      if (!watch.cancel(false)) {
        throw NbdException.lost(null);
      }
      NbdClient client = new NbdClient(channel, input, offer);
      client.reader.start();
      return client;
    } catch (NbdException e) {
      closeQuietly(channel);
      throw e;
    } catch (IOException e) {
      closeQuietly(channel);
      throw NbdException.lost(e);
    } finally {
      watch.cancel(false);
    }
  }

  /** Size when the connection was made; NBD does not tell of growth. */
  public long sizeBytes() {
    return offer.sizeBytes();
  }

  public boolean readOnly() {
    return offer.has(Protocol.TransmissionFlag.READ_ONLY);
  }

  /** Longest read or write. */
  public int requestBytesMax() {
    return offer.requestBytesMax();
  }

  /** Fills {@code into} from its position to its limit; it is the client's until then. */
  public CompletableFuture<Void> read(long offset, ByteBuffer into) {
    if (!into.hasRemaining()) {
      return CompletableFuture.completedFuture(null);
    }
    return submit(Protocol.Command.READ, 0, offset, into.remaining(), into, NO_PAYLOAD)
        .thenApply(none -> null);
  }

  /** Writes what remains in {@code data}, which is free again on return. */
  public CompletableFuture<Void> write(long offset, ByteBuffer data, boolean fua) {
    int length = data.remaining();
    return submit(Protocol.Command.WRITE, fua(fua), offset, length, null, data)
        .thenApply(none -> null);
  }

  /** Makes all writes that have completed durable. */
  public CompletableFuture<Void> flush() {
    return submit(Protocol.Command.FLUSH, 0, 0, 0, null, NO_PAYLOAD).thenApply(none -> null);
  }

  public CompletableFuture<Void> trim(long offset, long length, boolean fua) {
    if (!offer.has(Protocol.TransmissionFlag.SEND_TRIM)) {
      return impossible("The export does not offer TRIM.");
    }
    return submit(Protocol.Command.TRIM, fua(fua), offset, length, null, NO_PAYLOAD)
        .thenApply(none -> null);
  }

  /** Makes the range read as zeros; with {@code mayPunch} the server may free its space. */
  public CompletableFuture<Void> zero(long offset, long length, boolean mayPunch, boolean fua) {
    if (!offer.has(Protocol.TransmissionFlag.SEND_WRITE_ZEROES)) {
      return impossible("The export does not offer WRITE_ZEROES.");
    }
    int flags = fua(fua) | (mayPunch ? 0 : Protocol.CommandFlag.NO_HOLE);
    return submit(Protocol.Command.WRITE_ZEROES, flags, offset, length, null, NO_PAYLOAD)
        .thenApply(none -> null);
  }

  /**
   * Allocation from {@code offset} on; may end before the range does. A server that cannot tell is
   * taken to have data everywhere.
   */
  public CompletableFuture<List<Extent>> blockStatus(long offset, long length) {
    if (offer.allocationContext().isEmpty()) {
      return CompletableFuture.completedFuture(List.of(new Extent(length, Extent.Allocation.DATA)));
    }
    return submit(Protocol.Command.BLOCK_STATUS, 0, offset, length, null, NO_PAYLOAD);
  }

  /** Says goodbye. Requests under way fail as if the connection were lost. */
  @Override
  public void close() {
    sayGoodbye();
    fail(NbdException.lost(null));
  }

  /** Politeness only: not worth waiting for a request that is stuck in a full socket. */
  private void sayGoodbye() {
    if (!sending.tryLock()) {
      return;
    }
    try {
      send(new RequestHeader(0, Protocol.Command.DISCONNECT, 0, 0, 0), NO_PAYLOAD);
    } catch (IOException e) {
      // The connection is gone already, which is what was wanted.
    } finally {
      sending.unlock();
    }
  }

  private CompletableFuture<List<Extent>> submit(
      int command,
      int flags,
      long offset,
      long length,
      @Nullable ByteBuffer target,
      ByteBuffer payload) {
    boolean hasPayload = target != null || payload.hasRemaining();
    if (length > (hasPayload ? offer.requestBytesMax() : 0xffff_ffffL)) {
      return impossible("A request of %d bytes is longer than NBD allows here.".formatted(length));
    }
    sending.lock();
    try {
      RequestHeader request = new RequestHeader(flags, command, ++lastCookie, offset, length);
      ClientRequest pending = new ClientRequest(request, target);
      underWay.put(request.cookie(), pending);
      NbdException failed = failure;
      if (failed != null) {
        underWay.remove(request.cookie());
        return CompletableFuture.failedFuture(failed);
      }
      send(request, payload);
      return pending.future();
    } catch (IOException e) {
      NbdException lost = NbdException.lost(e);
      fail(lost);
      return CompletableFuture.failedFuture(lost);
    } finally {
      sending.unlock();
    }
  }

  private void send(RequestHeader request, ByteBuffer payload) throws IOException {
    request.encode(header.clear());
    header.flip();
    if (!payload.hasRemaining()) {
      while (header.hasRemaining()) {
        channel.write(header);
      }
      return;
    }
    ByteBuffer[] message = {header, payload};
    while (payload.hasRemaining()) {
      channel.write(message);
    }
  }

  private void readReplies() {
    ReplyReader replies = new ReplyReader(input, underWay, offer.allocationContext());
    try {
      while (true) {
        replies.readOne();
      }
    } catch (NbdException e) {
      fail(e);
    } catch (IOException e) {
      fail(NbdException.lost(e));
    }
  }

  /** The first failure is the one that counts; everything under way ends with it. */
  private void fail(NbdException reason) {
    if (failure == null) {
      failure = reason;
    }
    closeQuietly(channel);
    for (ClientRequest request : underWay.values()) {
      if (underWay.remove(request.header().cookie()) != null) {
        request.future().completeExceptionally(reason);
      }
    }
  }

  private static <T> CompletableFuture<T> impossible(String why) {
    return CompletableFuture.failedFuture(NbdException.impossible(why));
  }

  private static int fua(boolean fua) {
    return fua ? Protocol.CommandFlag.FUA : 0;
  }

  private static void tune(SocketChannel channel, SocketAddress address) throws IOException {
    if (address instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    } else {
      channel.setOption(StandardSocketOptions.SO_SNDBUF, UNIX_BUFFER_BYTES);
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing more can be done for a socket that does not even close.
    }
  }
}
