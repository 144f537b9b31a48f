package io.mooring.migrator.plane;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Stands before an HTTP server and passes bytes on as they are, one request a connection, until it
 * is told to spoil some.
 */
public final class FaultyDoor implements AutoCloseable {

  /** What is done with a request instead of passing it on. */
  public sealed interface Trouble {

    /** An answer of the server's own. */
    record Status(int status, String code) implements Trouble {}

    /** Neither takes the request nor answers, until all is well again. */
    record Silence() implements Trouble {}

    /** The request is done, and the connection breaks before the answer. */
    record LostAnswer() implements Trouble {}

    /** The answer breaks off after so many bytes. */
    record CutAnswer(int bytes) implements Trouble {}

    /** A bit of that byte of the answer is another on its way. */
    record FlippedAnswer(int at) implements Trouble {}
  }

  /** Method, path and query. */
  public record Request(String method, String target) {}

  private record Rule(Predicate<Request> match, Trouble trouble, AtomicInteger left) {}

  private static final int NOWHERE = -1;

  private final ServerSocket door;
  private final int server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger spoilt = new AtomicInteger();
  private volatile Rule rule = new Rule(_ -> false, new Trouble.Silence(), new AtomicInteger());
  private volatile CountDownLatch well = new CountDownLatch(0);

  public FaultyDoor(URI server) throws IOException {
    this.server = server.getPort();
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("faulty-door").start(this::accept);
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** From now on the next {@code times} requests that match are spoilt. */
  public void spoil(Predicate<Request> match, Trouble trouble, int times) {
    heal();
    spoilt.set(0);
    well = new CountDownLatch(1);
    rule = new Rule(match, trouble, new AtomicInteger(times));
  }

  /** From now on all requests pass. */
  public void heal() {
    rule = new Rule(_ -> false, new Trouble.Silence(), new AtomicInteger());
    well.countDown();
  }

  /** How many requests were spoilt since it was told to. */
  public int spoilt() {
    return spoilt.get();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        if (!door.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      if (!head.isEmpty()) {
        serve(client, head);
      }
    } catch (IOException | InterruptedException _) {
      // Whoever is on the other side finds out by itself.
    } finally {
      open.remove(client);
    }
  }

  private void serve(Socket client, String head) throws IOException, InterruptedException {
    String[] line = head.substring(0, head.indexOf('\r')).split(" ");
    Rule now = rule;
    CountDownLatch healed = well;
    boolean spoil =
        now.match().test(new Request(line[0], line[1])) && now.left().getAndDecrement() > 0;
    if (!spoil) {
      pass(client, head, Integer.MAX_VALUE, NOWHERE);
      return;
    }
    spoilt.incrementAndGet();
    switch (now.trouble()) {
      case Trouble.Status status -> answer(client, head, status);
      case Trouble.Silence _ -> healed.await();
      case Trouble.LostAnswer _ -> pass(client, head, 0, NOWHERE);
      case Trouble.CutAnswer(int bytes) -> pass(client, head, bytes, NOWHERE);
      case Trouble.FlippedAnswer(int at) -> pass(client, head, Integer.MAX_VALUE, at);
    }
  }

  private static void answer(Socket client, String head, Trouble.Status status) throws IOException {
    if (!head.toLowerCase().contains("\r\nexpect: 100-continue")) {
      client.getInputStream().skipNBytes(length(head));
    }
    byte[] body =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Error><Code>%s</Code><Message>So I was told.</Message></Error>\
        """
            .formatted(status.code())
            .getBytes(ISO_8859_1);
    String answer =
        "HTTP/1.1 %d Told\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n"
                .formatted(status.status(), body.length)
            + "Connection: close\r\n\r\n";
    OutputStream out = client.getOutputStream();
    out.write(answer.getBytes(ISO_8859_1));
    out.write(body);
    out.flush();
  }

  private static long length(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase().startsWith("content-length:"))
        .mapToLong(line -> Long.parseLong(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
  }

  /** Passes the request on, and as much of the answer. */
  private void pass(Socket client, String head, int answerBytesMax, int flipAt) throws IOException {
    try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
      open.add(upstream);
      String once = head.replaceAll("(?i)\r\nconnection: [^\r]*", "");
      upstream
          .getOutputStream()
          .write(once.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
      Thread.ofVirtual().start(() -> pump(client, upstream));
      copy(upstream.getInputStream(), client.getOutputStream(), answerBytesMax, flipAt);
      open.remove(upstream);
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // One of them is done.
    }
  }

  /** All of it is read, so that the server has done what it was asked. */
  private static void copy(InputStream from, OutputStream to, int bytesMax, int flipAt)
      throws IOException {
    byte[] buffer = new byte[64 << 10];
    long left = bytesMax;
    long at = 0;
    for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
      if (flipAt >= at && flipAt < at + read) {
        buffer[(int) (flipAt - at)] ^= 1;
      }
      at += read;
      int passed = (int) Math.min(left, read);
      to.write(buffer, 0, passed);
      left -= passed;
    }
    to.flush();
  }

  private static String head(InputStream from) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 4) {
      int next = from.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
      boolean expected = next == (ends % 2 == 0 ? '\r' : '\n');
      ends = expected ? ends + 1 : next == '\r' ? 1 : 0;
    }
    return head.toString(ISO_8859_1);
  }

  @Override
  public void close() {
    heal();
    try {
      door.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
