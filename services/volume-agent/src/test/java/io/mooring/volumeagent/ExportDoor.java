package io.mooring.volumeagent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mooring.volumeagent.staging.StagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What agents ask of each other over REST, for an agent that runs without its REST API: the export
 * of a snapshot.
 */
final class ExportDoor implements AutoCloseable {

  private static final int CREATED = 201;
  private static final int NOT_FOUND = 404;

  private final VolumeAgent agent;
  private final HttpServer server;

  private ExportDoor(VolumeAgent agent, HttpServer server) {
    this.agent = agent;
    this.server = server;
  }

  static ExportDoor open(VolumeAgent agent, int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    ExportDoor door = new ExportDoor(agent, server);
    server.createContext("/volumes/", door::answer);
    server.start();
    return door;
  }

  private void answer(HttpExchange exchange) throws IOException {
    // /volumes/ID/snapshots/ID/export
    String[] path = exchange.getRequestURI().getPath().split("/");
    try (exchange) {
      agent.snapshots().exports().export(path[2], path[4]);
      exchange.sendResponseHeaders(CREATED, -1);
    } catch (StagingException e) {
      exchange.sendResponseHeaders(NOT_FOUND, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
