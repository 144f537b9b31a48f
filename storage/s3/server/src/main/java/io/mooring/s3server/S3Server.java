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

  public static final String ACCESS_KEY = "local-identity";
  public static final String SECRET_KEY = "local-credential";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final URI endpoint;
  private final Path buckets;

  private S3Server(Process process, URI endpoint, Path buckets) {
    this.process = process;
    this.endpoint = endpoint;
    this.buckets = buckets;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param folder gets configuration, log and content
   */
  public static S3Server start(Path folder) throws IOException {
    Path buckets = Files.createDirectories(folder.resolve("buckets"));
    int port = freePort();
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    Path configuration = folder.resolve("s3proxy.properties");
    Files.writeString(
        configuration,
        """
        s3proxy.endpoint=%s
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        s3proxy.ignore-unknown-headers=true
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """
            .formatted(endpoint, ACCESS_KEY, SECRET_KEY, buckets));
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-DLOG_LEVEL=warn",
            "-cp",
            libraries() + "/*",
            "org.gaul.s3proxy.Main",
            "--properties",
            configuration.toString());
    command.redirectErrorStream(true).redirectOutput(folder.resolve("s3proxy.log").toFile());
    S3Server server = new S3Server(command.start(), endpoint, buckets);
    try {
      server.awaitListening(port);
    } catch (IOException e) {
      server.close();
      throw new IOException(e.getMessage() + Files.readString(folder.resolve("s3proxy.log")), e);
    }
    return server;
  }

  public URI endpoint() {
    return endpoint;
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

  private void awaitListening(int port) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("s3proxy does not listen at " + endpoint + ". ", e);
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
