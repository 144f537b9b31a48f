package io.mooring.storage.linux.keeper;

import io.mooring.storage.linux.Descriptor;
import io.mooring.storage.linux.DescriptorSocket;
import io.mooring.storage.linux.DescriptorSocket.Packet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Talks to a {@link KeeperMain} process; every call is a connection of its own. */
public final class KeeperClient {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private final Path socket;

  public KeeperClient(Path socket) {
    this.socket = socket;
  }

  /** From now on the open file outlives this process. Replaces an older deposit of the name. */
  public void deposit(String name, Descriptor descriptor) throws IOException {
    try (DescriptorSocket connection = open()) {
      connection.send(request(KeeperProtocol.DEPOSIT, name), descriptor);
      answer(connection);
    }
  }

  /** A descriptor for the deposited file, owned by the caller; the deposit stays. */
  public Optional<Descriptor> fetch(String name) throws IOException {
    try (DescriptorSocket connection = open()) {
      connection.send(request(KeeperProtocol.FETCH, name));
      return answer(connection).descriptors().stream().findFirst();
    }
  }

  /** Drops the deposit; false when there was none. */
  public boolean release(String name) throws IOException {
    try (DescriptorSocket connection = open()) {
      connection.send(request(KeeperProtocol.RELEASE, name));
      return answer(connection).text().equals(KeeperProtocol.OK);
    }
  }

  public List<String> list() throws IOException {
    try (DescriptorSocket connection = open()) {
      connection.send(KeeperProtocol.LIST);
      return List.of(answer(connection).text().split(" ")).stream().skip(1).toList();
    }
  }

  /** Ends the keeper; refused with an exception while it keeps anything. */
  public void stop() throws IOException {
    try (DescriptorSocket connection = open()) {
      connection.send(KeeperProtocol.STOP);
      answer(connection);
    }
  }

  private DescriptorSocket open() throws IOException {
    DescriptorSocket connection = DescriptorSocket.connect(socket);
    connection.limitWaiting(ANSWER_LIMIT);
    return connection;
  }

  private static String request(String command, String name) {
    if (!KeeperProtocol.NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no deposit name: 1 to 128 of A-Z a-z 0-9 . _ -".formatted(name));
    }
    return command + " " + name;
  }

  private Packet answer(DescriptorSocket connection) throws IOException {
    Packet answer =
        connection
            .receive()
            .orElseThrow(() -> new IOException("the keeper at " + socket + " did not answer"));
    if (answer.text().startsWith(KeeperProtocol.ERROR)) {
      throw new IOException("the keeper at %s refused: %s".formatted(socket, answer.text()));
    }
    return answer;
  }
}
