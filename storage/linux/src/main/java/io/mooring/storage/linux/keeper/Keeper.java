package io.mooring.storage.linux.keeper;

import io.mooring.storage.linux.Descriptor;
import io.mooring.storage.linux.DescriptorSocket;
import io.mooring.storage.linux.DescriptorSocket.Packet;
import io.mooring.storage.linux.LinuxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves {@link KeeperProtocol} on one thread, one connection after the other: there is nothing to
 * synchronise, and a client that stalls costs the others {@link #CLIENT_LIMIT} at most.
 */
final class Keeper {
  private static final Duration CLIENT_LIMIT = Duration.ofSeconds(2);
  private static final Duration PAUSE_AFTER_FAILED_ACCEPT = Duration.ofMillis(100);

  private final DescriptorSocket listener;
  private final Map<String, Descriptor> kept = new TreeMap<>();
  private boolean stopped;

  Keeper(DescriptorSocket listener) {
    this.listener = listener;
  }

  /** Returns when a client asked it to stop. Nothing a client does ends it otherwise. */
  void serve() {
    while (!stopped) {
      try (DescriptorSocket client = listener.accept()) {
        client.limitWaiting(CLIENT_LIMIT);
        serve(client);
      } catch (LinuxException e) {
        // Out of descriptors, or a client that went away: the next one may fare better.
        System.err.println("keeper: " + e.getMessage());
        LockSupport.parkNanos(PAUSE_AFTER_FAILED_ACCEPT.toNanos());
      }
    }
    listener.close();
  }

  private void serve(DescriptorSocket client) throws LinuxException {
    Optional<Packet> packet = client.receive();
    if (packet.isEmpty()) {
      return;
    }
    try {
      execute(packet.get(), client);
    } finally {
      for (Descriptor descriptor : packet.get().descriptors()) {
        if (!kept.containsValue(descriptor)) {
          descriptor.close();
        }
      }
    }
  }

  private void execute(Packet request, DescriptorSocket client) throws LinuxException {
    String[] words = request.text().strip().split(" +");
    String command = words[0];
    boolean named = words.length == 2 && KeeperProtocol.NAME.matcher(words[1]).matches();
    if (command.equals(KeeperProtocol.DEPOSIT) && named) {
      client.send(deposit(words[1], request));
    } else if (command.equals(KeeperProtocol.FETCH) && named) {
      fetch(words[1], client);
    } else if (command.equals(KeeperProtocol.RELEASE) && named) {
      client.send(release(words[1]));
    } else if (command.equals(KeeperProtocol.LIST) && words.length == 1) {
      client.send((KeeperProtocol.OK + " " + String.join(" ", kept.keySet())).strip());
    } else if (command.equals(KeeperProtocol.STOP) && words.length == 1) {
      client.send(stop());
    } else {
      client.send(KeeperProtocol.ERROR + " not a request: a command and at most one name");
    }
  }

  private String deposit(String name, Packet request) {
    if (request.descriptors().size() != 1) {
      return KeeperProtocol.ERROR
          + " a deposit carries exactly one descriptor, not "
          + request.descriptors().size();
    }
    Descriptor replaced = kept.put(name, request.descriptors().getFirst());
    if (replaced != null) {
      replaced.close();
    }
    return KeeperProtocol.OK;
  }

  private void fetch(String name, DescriptorSocket client) throws LinuxException {
    Descriptor descriptor = kept.get(name);
    if (descriptor == null) {
      client.send(KeeperProtocol.NONE);
    } else {
      client.send(KeeperProtocol.OK, descriptor);
    }
  }

  private String release(String name) {
    Descriptor released = kept.remove(name);
    if (released == null) {
      return KeeperProtocol.NONE;
    }
    released.close();
    return KeeperProtocol.OK;
  }

  private String stop() {
    if (!kept.isEmpty()) {
      return KeeperProtocol.ERROR + " still kept: " + String.join(" ", kept.keySet());
    }
    stopped = true;
    return KeeperProtocol.OK;
  }
}
