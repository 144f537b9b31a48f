package io.mooring.migrator.outside;

import io.mooring.schemas.NodeDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The agents, by the nodes that they have registered on {@code mooring.nodes}. */
public final class Agents {

  private static final int KNOCK_MS = 3000;

  private final Map<String, URI> addresses = new ConcurrentHashMap<>();
  private final Duration timeout;

  public Agents(Duration timeout) {
    this.timeout = timeout;
  }

  public void registered(NodeDescriptor node) {
    String host = node.getHost().contains(":") ? "[" + node.getHost() + "]" : node.getHost();
    addresses.put(node.getNodeId(), URI.create("http://%s:%d".formatted(host, node.getRestPort())));
  }

  public void gone(String node) {
    addresses.remove(node);
  }

  public boolean isKnown(String node) {
    return addresses.containsKey(node);
  }

  /** Whether the node's agent takes connections now. */
  public boolean answers(String node) {
    URI address = addresses.get(node);
    if (address == null) {
      return false;
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), KNOCK_MS);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * @throws OutsideException if the node has not registered
   */
  public AgentClient of(String node) throws IOException {
    URI address = addresses.get(node);
    if (address == null) {
      throw new OutsideException(
          "MIG-056 The agent of node '%s' is not known. It has not registered on mooring.nodes."
                  .formatted(node)
              + " Check the node.",
          404);
    }
    return new AgentClient(node, new RestClient(address, timeout));
  }
}
