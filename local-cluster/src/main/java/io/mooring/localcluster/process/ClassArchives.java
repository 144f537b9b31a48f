package io.mooring.localcluster.process;

import io.mooring.localcluster.LocalClusterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ahead-of-time class archives of the JVM: recorded once in a training run, used at every start
 * after it. Time to start is a good part of the time to fail over.
 *
 * <p>An archive is named after everything that it depends on, so a rebuilt jar or another JDK never
 * meets an old archive.
 */
public final class ClassArchives {

  private final Path directory;

  public ClassArchives(Path directory) {
    this.directory = directory;
  }

  /** Options that use the program's archive, or none while there is no archive. */
  public List<String> use(JavaProgram program) {
    Path archive = archive(program);
    return Files.exists(archive)
        ? List.of("-XX:AOTCache=" + archive, "-Xlog:aot=off", "-Xlog:cds=off")
        : List.of();
  }

  /** True if the program has an archive that fits. */
  public boolean isTrained(JavaProgram program) {
    return Files.exists(archive(program));
  }

  /** Options that record an archive when the program ends. */
  public List<String> record(JavaProgram program) {
    return List.of("-XX:AOTCacheOutput=" + unfinished(program), "-Xlog:aot=error");
  }

  /** Puts a recorded archive in its place, and older ones of the program away. */
  public void publish(JavaProgram program) {
    Path recorded = unfinished(program);
    if (!Files.exists(recorded)) {
      throw new LocalClusterException(
          "LCL-006",
          "No class archive was recorded for '" + program.name() + "'",
          "the JVM did not write " + recorded,
          "See the program's log; the cluster works without it, but starts more slowly.");
    }
    try (Stream<Path> all = Files.list(directory)) {
      for (Path old :
          all.filter(p -> p.getFileName().toString().startsWith(program.name() + "-"))
              .filter(p -> p.getFileName().toString().endsWith(".aot"))
              .toList()) {
        Files.delete(old);
      }
      Files.move(recorded, archive(program));
    } catch (IOException e) {
      throw cannot("publish " + recorded, e);
    }
  }

  private Path archive(JavaProgram program) {
    return directory.resolve(program.name() + "-" + fingerprint(program) + ".aot");
  }

  private Path unfinished(JavaProgram program) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw cannot("make " + directory, e);
    }
    return directory.resolve(program.name() + ".recording");
  }

  private static String fingerprint(JavaProgram program) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, System.getProperty("java.vm.version"));
      add(digest, System.getProperty("java.home"));
      for (String word : program.launch()) {
        add(digest, word);
      }
      for (Path file : program.classPath()) {
        // The JVM itself checks size and time of every jar, so nothing finer is needed here.
        add(digest, file.toString());
        add(digest, Files.size(file) + "@" + Files.getLastModifiedTime(file).toMillis());
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (IOException e) {
      throw cannot("read the class path of " + program.name(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static LocalClusterException cannot(String what, IOException cause) {
    return new LocalClusterException(
        "LCL-007",
        "Cannot " + what,
        String.valueOf(cause.getMessage()),
        "See that the disk has room and build again.",
        cause);
  }
}
