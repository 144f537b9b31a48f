package io.mooring.volumeagent;

import io.mooring.volumeagent.config.AgentConfig;
import io.mooring.volumeagent.config.AgentConfigCheck;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * An agent in a JVM of its own, which can be killed. If its parent dies, which it learns by the end
 * of its input, it takes down what it has set up and ends too.
 */
final class AgentProcess {

  private static final String STARTED = "agent started";
  private static final URL LOGGING =
      Objects.requireNonNull(AgentProcess.class.getResource("/agent-process-logging.properties"));

  private final Process process;

  private AgentProcess(Process process) {
    this.process = process;
  }

  /** Returns when the agent has started; its log is appended to a file in the directory. */
  static AgentProcess start(Path directory, Map<String, String> settings) throws IOException {
    Path file = directory.resolve("agent.properties");
    Properties properties = new Properties();
    properties.putAll(settings);
    try (var out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                    "-Dlogging.configuration=" + LOGGING,
                    "-cp",
                    classPath(),
                    AgentProcess.class.getName(),
                    file.toString()))
            .redirectError(
                ProcessBuilder.Redirect.appendTo(directory.resolve("agent.log").toFile()))
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = output.readLine(); !STARTED.equals(line); line = output.readLine()) {
      if (line == null) {
        throw new IOException(
            "the agent ended at once:\n" + Files.readString(directory.resolve("agent.log")));
      }
    }
    return new AgentProcess(process);
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** SIGKILL; returns when the process is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  public static void main(String[] arguments) throws IOException {
    Properties properties = new Properties();
    try (var in = Files.newInputStream(Path.of(arguments[0]))) {
      properties.load(in);
    }
    Map<String, String> settings = new HashMap<>();
    properties.forEach((key, value) -> settings.put((String) key, (String) value));
    VolumeAgent agent = VolumeAgent.start(AgentConfigCheck.check(config(settings)));
    ExportDoor.open(agent, Integer.parseInt(settings.get("mooring.agent.ports.rest")));
    System.out.println(STARTED);
    if (System.in.read() < 0) {
      LeftBehind.remove(Path.of(arguments[0]).getParent());
      System.exit(0);
    }
  }

  /** Settings as the agent takes them. */
  static AgentConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withConverter(MemorySize.class, 200, new MemorySizeConverter())
        .withConverter(Duration.class, 200, new DurationConverter())
        .withMapping(AgentConfig.class)
        .withSources(new PropertiesConfigSource(settings, "test", 100))
        .build()
        .getConfigMapping(AgentConfig.class);
  }
}
