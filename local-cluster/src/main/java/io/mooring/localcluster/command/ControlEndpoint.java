package io.mooring.localcluster.command;

import io.mooring.localcluster.LocalClusterException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The control socket of a running cluster. A request is one line of words; the answer is a line
 * that says {@code ok} or {@code error}, then text for the person who asked.
 */
final class ControlEndpoint implements AutoCloseable {

  private static final Logger LOG = System.getLogger(ControlEndpoint.class.getName());
  private static final String OK = "ok";
  private static final String ERROR = "error";

  /** Does what a request asks for and returns the text to show. */
  @FunctionalInterface
  interface Requests {
    String answer(List<String> words) throws InterruptedException;
  }

  private final Path socket;
  private final ServerSocketChannel server;
  private final Requests requests;

  private ControlEndpoint(Path socket, ServerSocketChannel server, Requests requests) {
    this.socket = socket;
    this.server = server;
    this.requests = requests;
  }

  /** Starts serving. */
  static ControlEndpoint serve(Path socket, Requests requests) throws IOException {
    Files.createDirectories(socket.toAbsolutePath().getParent());
    Files.deleteIfExists(socket);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    ControlEndpoint endpoint = new ControlEndpoint(socket, server, requests);
    Thread.ofVirtual().name("control-socket").start(endpoint::accept);
    return endpoint;
  }

  /**
   * Sends a request to a running cluster and returns its answer.
   *
   * @throws LocalClusterException LCL-014 if no cluster listens there, LCL-015 if it refused
   */
  static String request(Path socket, List<String> words) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8);
        BufferedReader reader =
            new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      writer.write(String.join(" ", words) + "\n");
      writer.flush();
      String outcome = reader.readLine();
      String text = String.join("\n", reader.lines().toList());
      if (OK.equals(outcome)) {
        return text;
      }
      throw new LocalClusterException(
          "LCL-015",
          "The cluster did not do '" + String.join(" ", words) + "'",
          text.isEmpty() ? "it went away" : text,
          "See ./mooring status");
    } catch (java.net.SocketException | java.nio.file.NoSuchFileException e) {
      throw new LocalClusterException(
          "LCL-014",
          "There is no running cluster",
          "nothing listens on " + socket,
          "Start one with ./mooring up",
          e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        Thread.ofVirtual().name("control-request").start(() -> answer(client));
      }
    } catch (ClosedChannelException e) {
      LOG.log(Level.DEBUG, "The control socket was closed.");
    } catch (IOException e) {
      LOG.log(Level.ERROR, "The control socket fails: error={0}", e.getMessage());
    }
  }

  private void answer(SocketChannel client) {
    try (client;
        BufferedReader reader =
            new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
        Writer writer = Channels.newWriter(client, StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      if (line != null) {
        writer.write(outcome(List.of(line.strip().split("\\s+"))));
        writer.flush();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "A client of the control socket went away.");
    }
  }

  private String outcome(List<String> words) {
    try {
      return OK + "\n" + requests.answer(words) + "\n";
    } catch (LocalClusterException e) {
      return ERROR + "\n" + e.getMessage() + "\n";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ERROR + "\nthe cluster is being stopped\n";
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "A request met a bug: words=" + words, e);
      return ERROR + "\n" + e + "\n";
    }
  }
}
