package io.mooring.storage.linux.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.linux.Descriptor;
import io.mooring.storage.linux.DescriptorSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class KeeperTest {
  @TempDir Path directory;
  private Path socket;
  private Thread server;
  private KeeperClient client;

  @BeforeEach
  void startKeeper() throws Exception {
    socket = directory.resolve("keeper.sock");
    Keeper keeper = new Keeper(DescriptorSocket.listen(socket));
    server = Thread.ofPlatform().daemon().start(keeper::serve);
    client = new KeeperClient(socket);
  }

  @AfterEach
  void stopKeeper() throws Exception {
    for (String name : client.list()) {
      client.release(name);
    }
    client.stop();
    server.join(Duration.ofSeconds(5));
    assertThat(server.isAlive()).isFalse();
  }

  /** A file lock belongs to the open file, so it shows who still holds that open file. */
  @Test
  void keepsTheOpenFileAfterTheDepositorClosedIt() throws Exception {
    depositLocked("volume");
    assertThat(canLock("volume")).isFalse();

    Descriptor fetched = client.fetch("volume").orElseThrow();
    assertThat(client.list()).containsExactly("volume");
    assertThat(client.release("volume")).isTrue();
    assertThat(canLock("volume")).isFalse();

    fetched.close();
    assertThat(canLock("volume")).isTrue();
  }

  @Test
  void unknownNamesAreNotAnError() throws Exception {
    assertThat(client.fetch("nothing")).isEmpty();
    assertThat(client.release("nothing")).isFalse();
    assertThat(client.list()).isEmpty();
  }

  @Test
  void newDepositReplacesTheOlderOneAndClosesIt() throws Exception {
    depositLocked("first");
    try (BlockFile second = open("second")) {
      client.deposit("first", second.descriptor());
    }

    assertThat(client.list()).containsExactly("first");
    assertThat(canLock("first")).isTrue();
  }

  @Test
  void refusesToStopWhileItKeepsSomething() throws Exception {
    depositLocked("volume");

    assertThatThrownBy(client::stop).isInstanceOf(IOException.class).hasMessageContaining("volume");
    assertThat(client.list()).containsExactly("volume");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "DEPOSIT", "DEPOSIT two words", "FETCH ../x", "LIST all", "\0\1", "list"})
  void badRequestIsAnsweredAndHarmless(String request) throws Exception {
    try (DescriptorSocket connection = DescriptorSocket.connect(socket)) {
      connection.send(request.isEmpty() ? "\n" : request);
      assertThat(connection.receive().orElseThrow().text()).startsWith("ERROR");
    }
    assertThat(client.list()).isEmpty();
  }

  @Test
  void depositWithoutDescriptorIsRefused() throws Exception {
    try (DescriptorSocket connection = DescriptorSocket.connect(socket)) {
      connection.send("DEPOSIT name");
      assertThat(connection.receive().orElseThrow().text()).startsWith("ERROR");
    }
    assertThat(client.list()).isEmpty();
  }

  @Test
  void attachmentOfABadRequestIsNotKeptOpen() throws Exception {
    try (BlockFile file = open("volume");
        DescriptorSocket connection = DescriptorSocket.connect(socket)) {
      file.tryLock();
      connection.send("NONSENSE", file.descriptor());
      connection.receive();
    }
    client.list(); // served after the bad request was cleaned up
    assertThat(canLock("volume")).isTrue();
  }

  @Test
  void clientThatSaysNothingOrLeavesDoesNotStopTheOthers() throws Exception {
    DescriptorSocket.connect(socket).close();
    DescriptorSocket silent = DescriptorSocket.connect(socket);
    try {
      assertThat(client.list()).isEmpty();
    } finally {
      silent.close();
    }
  }

  @Test
  void socketIsForThisUserOnly() throws Exception {
    assertThat(Files.getPosixFilePermissions(socket)).hasSize(2);
  }

  private BlockFile open(String name) throws IOException {
    return BlockFile.open(directory.resolve(name), BlockFile.Access.CREATE);
  }

  private void depositLocked(String name) throws IOException {
    try (BlockFile file = open(name)) {
      assertThat(file.tryLock()).isTrue();
      client.deposit(name, file.descriptor());
    }
  }

  private boolean canLock(String name) throws IOException {
    try (BlockFile file = open(name)) {
      return file.tryLock();
    }
  }
}
