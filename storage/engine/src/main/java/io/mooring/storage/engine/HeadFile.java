package io.mooring.storage.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.storage.linux.BlockFile;
import io.mooring.storage.replication.Generation;
import io.mooring.storage.replication.HeadMessage.Membership;
import io.mooring.storage.replication.HeadRecord;
import io.mooring.storage.replication.HeadSettings.FlushProfile;
import io.mooring.storage.replication.Promise;
import io.mooring.storage.replication.ReplicaId;
import io.mooring.storage.replication.VolumeId;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The record of a head, and with it all that a restarted agent needs to go on without the
 * catalogue. A small text file, replaced as a whole.
 */
final class HeadFile {

  private static final String ADDRESS_PREFIX = "address.";

  private final Path path;

  HeadFile(Path path) {
    this.path = path;
  }

  /** What the file holds. */
  record Content(
      VolumeId volume,
      HeadRecord record,
      long sizeBytes,
      FlushProfile profile,
      Map<ReplicaId, InetSocketAddress> addresses) {}

  Optional<Content> read() throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    properties.load(new StringReader(Files.readString(path)));
    try {
      return Optional.of(parse(properties));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException(
          "REP-040 Record of an attachment %s cannot be read: %s. Detach the volume by force and remove the file."
              .formatted(path, e.getMessage()),
          e);
    }
  }

  private static Content parse(Properties properties) {
    Map<ReplicaId, InetSocketAddress> addresses = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(ADDRESS_PREFIX)) {
        addresses.put(
            new ReplicaId(key.substring(ADDRESS_PREFIX.length())),
            address(properties.getProperty(key)));
      }
    }
    Membership membership =
        new Membership(
            new Generation(number(properties, "generation")),
            replicas(properties, "inSync"),
            replicas(properties, "absent"));
    return new Content(
        new VolumeId(text(properties, "volume")),
        new HeadRecord(
            Promise.of(number(properties, "epoch"), number(properties, "session")),
            membership,
            replicas(properties, "pendingJoiners")),
        number(properties, "sizeBytes"),
        FlushProfile.valueOf(text(properties, "profile")),
        addresses);
  }

  private static String text(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }

  private static long number(Properties properties, String key) {
    return Long.parseLong(text(properties, key));
  }

  private static List<ReplicaId> replicas(Properties properties, String key) {
    return Arrays.stream(text(properties, key).split(" "))
        .filter(id -> !id.isEmpty())
        .map(ReplicaId::new)
        .toList();
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no port in " + text);
    }
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** When this returns, the content is durable and has replaced the one before. */
  void write(Content content) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path temporary = path.resolveSibling(path.getFileName() + ".new");
    byte[] bytes = text(content).getBytes(UTF_8);
    Files.deleteIfExists(temporary);
    try (BlockFile file = BlockFile.open(temporary, BlockFile.Access.CREATE_NEW)) {
      file.write(0, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
      file.dataSync();
    }
    Files.move(
        temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    BlockFile.syncDirectory(directory);
  }

  private static String text(Content content) {
    HeadRecord record = content.record();
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    lines.add("volume=" + content.volume());
    lines.add("sizeBytes=" + content.sizeBytes());
    lines.add("profile=" + content.profile());
    lines.add("epoch=" + record.promise().epoch());
    lines.add("session=" + record.promise().session());
    lines.add("generation=" + record.membership().generation());
    lines.add("inSync=" + text(record.membership().inSync()));
    lines.add("absent=" + text(record.membership().absent()));
    lines.add("pendingJoiners=" + text(record.pendingJoiners()));
    content
        .addresses()
        .forEach((replica, address) ->
            lines.add(
                "%s%s=%s:%d"
                    .formatted(
                        ADDRESS_PREFIX, replica, address.getHostString(), address.getPort())));
    return lines.toString();
  }

  private static String text(List<ReplicaId> replicas) {
    return replicas.stream().map(ReplicaId::value).collect(Collectors.joining(" "));
  }

  void remove() throws IOException {
    if (Files.deleteIfExists(path)) {
      BlockFile.syncDirectory(path.toAbsolutePath().getParent());
    }
  }
}
