package io.mooring.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.jboss.logging.Logger;

/**
 * Kafka clients of a service with one stream thread that keeps its place in its group when its
 * process is killed and started again. Without it the group waits for the session of the former
 * process to end before the new one gets any work; with it, the new one takes the place of the
 * former at once.
 *
 * <p>The name under which the group knows the instance lies in the service's own state directory,
 * beside the stores that make its return worth while, and is locked for as long as the process
 * lives. So two processes never have the same name, which would drive each other out for ever; one
 * that finds the name in use, or cannot write it, is a member without a name.
 */
public final class StaticMembership implements KafkaClientSupplier, AutoCloseable {

  static final String FILE_NAME = "group-member";

  private static final Logger LOG = Logger.getLogger(StaticMembership.class);
  private static final int NAME_BYTES_MAX = 100;

  private final Optional<String> name;
  private final Optional<FileChannel> locked;

  private StaticMembership(Optional<String> name, Optional<FileChannel> locked) {
    this.name = name;
    this.locked = locked;
  }

  /**
   * The membership that belongs to a state directory, which is created if it does not exist.
   *
   * @param service begins the name, for people who look at the group
   */
  public static StaticMembership in(Path stateDir, String service) {
    Path file = stateDir.resolve(FILE_NAME);
    FileChannel channel = null;
    try {
      Files.createDirectories(stateDir);
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (lock(channel)) {
        return new StaticMembership(Optional.of(name(channel, service)), Optional.of(channel));
      }
      LOG.warnf("Another process uses the state directory; file=%s", file);
      channel.close();
    } catch (IOException e) {
      LOG.warnf("A restart will have to wait for the end of a session; file=%s cause=%s", file, e);
    }
    return new StaticMembership(Optional.empty(), Optional.empty());
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      // This very process has it already.
      return false;
    }
  }

  private static String name(FileChannel channel, String service) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(NAME_BYTES_MAX);
    channel.read(read, 0);
    String known = UTF_8.decode(read.flip()).toString().strip();
    if (!known.isEmpty()) {
      return known;
    }
    String made = service + "-" + UUID.randomUUID();
    channel.write(ByteBuffer.wrap(made.getBytes(UTF_8)), 0);
    channel.force(true);
    return made;
  }

  /** The name, empty if the instance has none. */
  public Optional<String> name() {
    return name;
  }

  /**
   * Ends the streams and leaves the group, so that another instance has the work at once: whoever
   * stops in order does not come back soon.
   */
  public static void leave(KafkaStreams streams, Duration limit) {
    streams.close(new KafkaStreams.CloseOptions().timeout(limit).leaveGroup(true));
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    Map<String, Object> named = new HashMap<>(config);
    name.ifPresent(known -> named.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, known));
    return consumer(named);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  /** Gives the name free; only after the streams have ended. */
  @Override
  public void close() {
    locked.ifPresent(channel -> {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.warnf("The lock of the group's member could not be given free; cause=%s", e);
      }
    });
  }
}
