package io.mooring.storage.engine;

import static io.mooring.storage.engine.AttachedAgent.LOCAL;
import static io.mooring.storage.engine.AttachedAgent.REMOTE;
import static io.mooring.storage.engine.AttachedAgent.SIZE;
import static io.mooring.storage.engine.AttachedAgent.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.storage.linux.FilesystemType;
import io.mooring.storage.linux.Filesystems;
import io.mooring.storage.linux.Mounts;
import io.mooring.storage.linux.keeper.KeeperClient;
import io.mooring.storage.linux.keeper.KeeperProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** File systems on attached volumes whose agent is killed: programs see a pause and no error. */
@Timeout(120)
class AttachmentIT {

  private static final int KILLS = 3;
  private static final int RECORD = 4096;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private TestNode remote;
  private KeeperClient keeper;
  private final List<Process> agents = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "needs root and FUSE");
    assumeTrue(Files.isWritable(Path.of("/dev/loop-control")), "needs root and loop devices");
    remote = TestNode.start(directory.resolve("remote"));
    remote.storage.replicas().create(TestNode.POOL, VOLUME, REMOTE, SIZE);
    keeper = KeeperProcess.ensureRunning(directory.resolve("keeper"), LIMIT);
  }

  @AfterEach
  void stop() throws IOException {
    agents.forEach(agent -> agent.destroyForcibly().onExit().join());
    if (keeper != null) {
      AttachedAgent.leaveNothing(directory.resolve("local"), keeper);
    }
    if (remote != null) {
      remote.close();
    }
  }

  @ParameterizedTest
  @EnumSource(FilesystemType.class)
  void aWriterSurvivesKilledAgents(FilesystemType type) throws Exception {
    Process agent = startAgent();
    Path device = Path.of(answer(agent, "attached "));
    Filesystems.format(device, type, LIMIT);
    Path mountPoint = Files.createDirectory(AttachedAgent.mountPoint(directory.resolve("local")));
    Mounts.mount(device.toString(), mountPoint, type.kernelName(), Set.of(), "");

    Writer writer = new Writer(mountPoint.resolve("log"));
    CompletableFuture<@Nullable Void> writing = CompletableFuture.runAsync(writer);
    for (int kill = 0; kill < KILLS; kill++) {
      writer.awaitProgress(200);
      agent.destroyForcibly().waitFor();
      agent = startAgent();
      assertThat(answer(agent, "attached ")).isEqualTo(device.toString());
    }
    writer.awaitProgress(200);
    writer.stop = true;
    writing.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    writer.verify();

    command(agent, "grow " + 2 * SIZE);
    answer(agent, "grown");
    assertThat(Files.readString(Path.of("/sys/block", name(device), "size")).strip())
        .isEqualTo(Long.toString(2 * SIZE / 512));
    Mounts.unmount(mountPoint);
    command(agent, "detach");
    answer(agent, "detached");
    assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(keeper.list()).isEmpty();
    Path local = directory.resolve("local/pool").resolve(VOLUME.value()).resolve(LOCAL.value());
    assertThat(Files.mismatch(local.resolve("data"), remote.data(VOLUME, REMOTE))).isEqualTo(-1);
  }

  /** Appends records, each durable before the next. */
  private static final class Writer implements Runnable {
    private final Path path;
    private final AtomicLong written = new AtomicLong();
    private volatile boolean stop;

    private Writer(Path path) {
      this.path = path;
    }

    @Override
    public void run() {
      try (FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        while (!stop) {
          file.write(record(written.get()));
          file.force(false);
          synchronized (this) {
            written.incrementAndGet();
            notifyAll();
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException("after " + written, e);
      }
    }

    private synchronized void awaitProgress(long records) throws InterruptedException {
      long wanted = written.get() + records;
      while (written.get() < wanted) {
        wait(LIMIT.toMillis());
      }
    }

    private void verify() throws IOException {
      ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(path));
      assertThat(all.remaining()).isEqualTo((int) written.get() * RECORD);
      for (long number = 0; number < written.get(); number++) {
        assertThat(all.slice((int) number * RECORD, RECORD)).isEqualTo(record(number));
      }
    }

    private static ByteBuffer record(long number) {
      byte[] content = new byte[RECORD];
      new Random(number).nextBytes(content);
      return ByteBuffer.wrap(content);
    }
  }

  private Process startAgent() throws IOException {
    InetSocketAddress address = remote.storage.replicationAddress();
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AttachedAgent.class.getName(),
                directory.resolve("local").toString(),
                directory.resolve("keeper").toString(),
                Integer.toString(address.getPort()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    agents.add(agent);
    return agent;
  }

  private static String answer(Process agent, String start) throws IOException {
    BufferedReader output = new BufferedReader(new InputStreamReader(agent.getInputStream()));
    String line = output.readLine();
    assertThat(line).startsWith(start);
    return line.substring(start.length());
  }

  private static void command(Process agent, String command) throws IOException {
    agent.getOutputStream().write((command + "\n").getBytes());
    agent.getOutputStream().flush();
  }

  private static String name(Path device) {
    return device.getFileName().toString();
  }
}
