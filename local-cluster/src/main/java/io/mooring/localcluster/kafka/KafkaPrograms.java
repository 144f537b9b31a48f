package io.mooring.localcluster.kafka;

import io.mooring.localcluster.process.ClassArchives;
import io.mooring.localcluster.process.JavaProgram;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Kafka's own programs on this class path, and how they are started. */
public final class KafkaPrograms {

  /** Log settings of every Kafka process; standard output is the log. */
  private static final Map<String, String> LOGGING =
      Map.of(
          "org.slf4j.simpleLogger.showDateTime", "true",
          "org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
          "org.slf4j.simpleLogger.showThreadName", "false",
          "org.slf4j.simpleLogger.showShortLogName", "true",
          "org.slf4j.simpleLogger.logFile", "System.out",
          "org.slf4j.simpleLogger.log.org.apache.kafka.common.config", "warn",
          "log4j2.disable.jmx", "true");

  private final JavaProgram broker;
  private final JavaProgram formatter;

  private final ClassArchives archives;

  public KafkaPrograms(List<Path> jars, ClassArchives archives) {
    this.archives = archives;
    this.broker = program(jars, "kafka.Kafka", List.of("-Xmx256m"), JavaProgram.DATA_PATH);
    this.formatter =
        program(jars, "kafka.tools.StorageTool", List.of("-Xmx128m"), JavaProgram.CONTROL_PLANE);
  }

  /** The broker: also the controller, depending on its properties. */
  public JavaProgram broker() {
    return broker;
  }

  /** Command that runs a broker or controller. */
  public List<String> serve(Path properties, List<String> archiveOptions) {
    return broker.command(archiveOptions, LOGGING, List.of(properties.toString()));
  }

  /**
   * Command that prepares an empty data directory. It has the broker's class path, so the broker's
   * class archive serves it too.
   */
  public List<String> format(Path properties, String clusterId) {
    return formatter.command(
        archives.use(broker),
        LOGGING,
        List.of("format", "--ignore-formatted", "-t", clusterId, "-c", properties.toString()));
  }

  /** Writes a properties file. */
  public static void write(Path file, Map<String, String> properties) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(
          file,
          new TreeMap<>(properties)
              .entrySet().stream()
                  .map(e -> e.getKey() + "=" + e.getValue())
                  .collect(Collectors.joining("\n", "", "\n")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static JavaProgram program(
      List<Path> jars, String mainClass, List<String> heap, List<String> tuning) {
    String classPath =
        jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return new JavaProgram(
        "kafka",
        List.of("-cp", classPath, mainClass),
        jars,
        Stream.concat(heap.stream(), tuning.stream()).toList());
  }
}
