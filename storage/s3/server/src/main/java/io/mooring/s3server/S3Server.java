package io.mooring.s3server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** s3proxy over a folder; the folders in it are buckets. Listens on loopback only. */
public final class S3Server implements AutoCloseable {

  /**
   * Files that a server is started with.
   *
   * @param properties for {@code --properties}
   * @param logging for {@code -Dlogback.configurationFile}: warnings only
   */
  public record Configuration(Path properties, Path logging) {}

  public static final String ACCESS_KEY = "local-identity";
  public static final String SECRET_KEY = "local-credential";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Without a configuration it writes several bytes of log for each byte of content. */
  private static final String LOGGING =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %level %logger{0} %msg%n</pattern></encoder>
        </appender>
        <root level="warn"><appender-ref ref="out"/></root>
      </configuration>
      """;

  private final Path folder;
  private final int port;
  private final Path buckets;
  private Process process;

  private S3Server(Path folder, int port, Path buckets, Process process) {
    this.folder = folder;
    this.port = port;
    this.buckets = buckets;
    this.process = process;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param folder gets configuration, log and content
   */
  public static S3Server start(Path folder) throws IOException {
    Path buckets = Files.createDirectories(folder.resolve("buckets"));
    int port = freePort();
    S3Server server = new S3Server(folder, port, buckets, launch(folder, port, buckets));
    server.awaitListening();
    return server;
  }

  /** Starts it again after it was killed: at the same address, with what it had acknowledged. */
  public void startAgain() throws IOException {
    close();
    process = launch(folder, port, buckets);
    awaitListening();
  }

  private static Process launch(Path folder, int port, Path buckets) throws IOException {
    Configuration configuration = configure(folder, endpoint(port), buckets);
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-Dlogback.configurationFile=" + configuration.logging(),
            "-cp",
            libraries() + "/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            configuration.properties().toString());
    return command
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("s3proxy.log").toFile())
        .start();
  }

  /**
   * Writes what a server is started with, for whoever starts it.
   *
   * @param folder gets the files
   * @param endpoint where it is to listen
   * @param buckets folder whose folders are buckets
   */
  public static Configuration configure(Path folder, URI endpoint, Path buckets)
      throws IOException {
    return new Configuration(
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=%s
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            s3proxy.ignore-unknown-headers=true
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """
                .formatted(endpoint, ACCESS_KEY, SECRET_KEY, buckets)),
        Files.writeString(folder.resolve("logback.xml"), LOGGING));
  }

  private static URI endpoint(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  public URI endpoint() {
    return endpoint(port);
  }

  /** Makes a bucket, if there is none of that name; its objects are files in it. */
  public Path bucket(String name) throws IOException {
    return Files.createDirectories(buckets.resolve(name));
  }

  /** Of the server's process, to look at or to stop it. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Kills the server; what it acknowledged stays. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitListening() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          close();
          throw new IOException(
              "s3proxy does not listen at %s. %s"
                  .formatted(endpoint(), Files.readString(folder.resolve("s3proxy.log"))),
              e);
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  /** The build puts the server's jars beside this module's classes. */
  private static Path libraries() throws IOException {
    Path classes;
    try {
      classes = Path.of(S3Server.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    for (Path candidate :
        List.of(
            classes.resolveSibling("s3proxy"),
            Path.of(System.getProperty("mooring.home", "."))
                .resolve("storage/s3/server/target/s3proxy"))) {
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw new IOException("the jars of s3proxy are not built: build the module storage/s3/server");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
