package io.mooring.localcluster.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Java program: what is on its class path and how its JVM is tuned. What varies from one start to
 * the next (properties, arguments) is given to {@link #command}.
 *
 * @param name names the class archive
 * @param launch either {@code -jar FILE} or {@code -cp PATH MainClass}
 * @param classPath the files that decide whether a class archive fits
 * @param tuning options of the JVM
 */
public record JavaProgram(
    String name, List<String> launch, List<Path> classPath, List<String> tuning) {

  /** For processes that mostly wait: small, and quick to start. */
  public static final List<String> CONTROL_PLANE =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** For processes in the data's way: the second compiler pays. */
  public static final List<String> DATA_PATH = List.of("-XX:+UseSerialGC");

  public JavaProgram {
    launch = List.copyOf(launch);
    classPath = List.copyOf(classPath);
    tuning = List.copyOf(tuning);
  }

  /** The command that starts the program. */
  public List<String> command(
      List<String> archiveOptions, Map<String, String> properties, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(tuning);
    command.add("-XX:+ExitOnOutOfMemoryError");
    // Its file in /tmp is named after the process id, which differs only within one node.
    command.add("-XX:-UsePerfData");
    command.addAll(archiveOptions);
    properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(launch);
    command.addAll(arguments);
    return command;
  }
}
