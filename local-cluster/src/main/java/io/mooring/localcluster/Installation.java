package io.mooring.localcluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the built programs are.
 *
 * @param home root of the repository
 */
public record Installation(Path home) {

  /** Jars of Kafka's broker and tools, in a fixed order: class archives depend on it. */
  public List<Path> kafkaJars() {
    return jars(home.resolve("local-cluster/distribution/target/kafka"));
  }

  /** Jars of the S3 server, in a fixed order. */
  public List<Path> objectStoreJars() {
    return jars(home.resolve("storage/s3/server/target/s3proxy"));
  }

  public Path registryJar() {
    return existing(home.resolve("local-cluster/distribution/target/registry/quarkus-run.jar"));
  }

  /** Runnable jar of one of our services, e.g. {@code volume-agent}. */
  public Path serviceJar(String service) {
    return home.resolve("services").resolve(service).resolve("target/quarkus-app/quarkus-run.jar");
  }

  public Path classArchives() {
    return home.resolve(".mooring/aot");
  }

  /** Every jar of a program that is spread over a directory, in a fixed order. */
  public static List<Path> jarsBelow(Path directory) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw missing(directory, e);
    }
  }

  private static List<Path> jars(Path directory) {
    try (Stream<Path> files = Files.list(existing(directory))) {
      return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw missing(directory, e);
    }
  }

  private static Path existing(Path path) {
    if (!Files.exists(path)) {
      throw missing(path, new IOException("no such file"));
    }
    return path;
  }

  private static LocalClusterException missing(Path path, IOException cause) {
    return new LocalClusterException(
        "LCL-008",
        path + " cannot be used",
        String.valueOf(cause.getMessage()),
        "Build first: ./mvnw -DskipTests package",
        cause);
  }
}
