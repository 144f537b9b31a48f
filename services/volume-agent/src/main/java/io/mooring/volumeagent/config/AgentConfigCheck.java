package io.mooring.volumeagent.config;

import io.mooring.schemas.PoolPriority;
import io.mooring.storage.linux.KernelNbd;
import io.mooring.storage.linux.LoopDrive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Checks a configuration as a whole and turns it into the settings that the parts are built from.
 */
public final class AgentConfigCheck {

  private static final String PREFIX = "mooring.agent.";
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?");
  private static final Pattern POOL = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}");
  private static final int PORT_MAX = 65_535;

  /** Path of a unix socket in the kernel's address structure, less its final zero. */
  private static final int SOCKET_PATH_BYTES_MAX = 107;

  private final AgentConfig config;
  private final BooleanSupplier kernelHasNbd;
  private final List<ConfigProblem> problems = new ArrayList<>();

  private AgentConfigCheck(AgentConfig config, BooleanSupplier kernelHasNbd) {
    this.config = config;
    this.kernelHasNbd = kernelHasNbd;
  }

  /**
   * Checks everything.
   *
   * @throws InvalidConfigException with all problems, if there are any
   */
  public static AgentSettings check(AgentConfig config) {
    return check(config, KernelNbd::isAvailable);
  }

  static AgentSettings check(AgentConfig config, BooleanSupplier kernelHasNbd) {
    return new AgentConfigCheck(config, kernelHasNbd).settings();
  }

  private AgentSettings settings() {
    NodeSettings node = node();
    List<PoolSettings> pools = pools();
    PortSettings ports = ports();
    ControlSettings control = control();
    AttacherRoute attacher = attacher();
    checkPaths();
    checkDurations();
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return new AgentSettings(node, pools, ports, control, attacher, config);
  }

  private NodeSettings node() {
    return new NodeSettings(
        required("node-id", config.nodeId(), NAME, "The control topics are keyed by it."),
        required("host", config.host(), null, "Peers reach replicas and probes through it."),
        config.region().orElse(""),
        config.zone().orElse(""),
        config.rack().orElse(""),
        Map.copyOf(config.labels()));
  }

  private String required(
      String key,
      Optional<String> value,
      @org.jspecify.annotations.Nullable Pattern form,
      String why) {
    if (value.isEmpty() || value.get().isBlank()) {
      problem("CFG-020", key, "is not set.", why, "Set " + PREFIX + key + ".");
      return "";
    }
    if (form != null && !form.matcher(value.get()).matches()) {
      problem(
          "CFG-021",
          key,
          "'" + value.get() + "' is not a usable name.",
          why,
          "Use letters, digits, '.', '_' and '-', at most 63 of them.");
    }
    return value.get();
  }

  private List<PoolSettings> pools() {
    List<PoolSettings> pools = new ArrayList<>();
    Map<String, Integer> ids = new HashMap<>();
    Map<Path, Integer> paths = new HashMap<>();
    for (int i = 0; i < config.pools().size(); i++) {
      AgentConfig.Pool pool = config.pools().get(i);
      String key = "pools[" + i + "].";
      String id = required(key + "id", pool.id(), POOL, "Replicas are placed by pool.");
      Path path = pool.path().map(Path::toAbsolutePath).map(Path::normalize).orElse(Path.of("/"));
      checkPoolPath(key + "path", pool.path());
      checkDrive(key + "drive-max", pool);
      unique(ids, id, i, key + "id");
      unique(paths, path, i, key + "path");
      Optional<PoolPriority> priority = priority(pool.priority());
      if (priority.isEmpty()) {
        problem(
            "CFG-023",
            key + "priority",
            "'" + pool.priority() + "' is no priority.",
            "Placement prefers pools by it.",
            "Use low, medium or high.");
      }
      pools.add(
          new PoolSettings(
              id,
              path,
              priority.orElse(PoolPriority.MEDIUM),
              pool.capacity().map(size -> size.asLongValue()),
              pool.driveMax().map(size -> size.asLongValue()),
              pool.labels()));
    }
    return List.copyOf(pools);
  }

  private void checkPoolPath(String key, Optional<Path> path) {
    if (path.isEmpty()) {
      problem(
          "CFG-020", key, "is not set.", "Replicas are files in it.", "Set " + PREFIX + key + ".");
    } else if (!Files.isDirectory(path.get())) {
      problem(
          "CFG-022",
          key,
          "'" + path.get() + "' is not a directory.",
          "A pool is never created by the agent, so that a drive that is not mounted is noticed.",
          "Mount the drive, or create the directory.");
    } else if (!Files.isWritable(path.get())) {
      problem(
          "CFG-022",
          key,
          "'" + path.get() + "' cannot be written.",
          "Replicas are files in it.",
          "Run the agent as root, or make the directory writable for it.");
    }
  }

  private void checkDrive(String key, AgentConfig.Pool pool) {
    if (pool.driveMax().isEmpty() || pool.path().isEmpty()) {
      return;
    }
    if (pool.capacity().isPresent()) {
      problem(
          "CFG-029",
          key,
          "is set together with a capacity.",
          "A pool that may not use all of its drive gains nothing when the drive grows.",
          "Set one of them.");
    }
    try {
      LoopDrive.below(pool.path().get());
    } catch (IOException e) {
      problem(
          "CFG-029",
          key,
          "is set, and the agent cannot grow the drive: " + e.getMessage(),
          "It grows files behind loop devices that carry ext4 or xfs, and no others.",
          "Mount such a file at the pool's path, or remove the setting.");
    }
  }

  private <T> void unique(Map<T, Integer> seen, T value, int index, String key) {
    Integer other = seen.putIfAbsent(value, index);
    if (other != null) {
      problem(
          "CFG-024",
          key,
          "'" + value + "' is also used by pools[" + other + "].",
          "Two pools on one directory would count its space twice.",
          "Give each pool an id and a directory of its own.");
    }
  }

  private static Optional<PoolPriority> priority(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "low" -> Optional.of(PoolPriority.LOW);
      case "medium" -> Optional.of(PoolPriority.MEDIUM);
      case "high" -> Optional.of(PoolPriority.HIGH);
      default -> Optional.empty();
    };
  }

  private PortSettings ports() {
    AgentConfig.Ports ports = config.ports();
    Map<String, Integer> byKey = new LinkedHashMap<>();
    byKey.put("ports.replication", ports.replication());
    byKey.put("ports.probe", ports.probe());
    byKey.put("ports.nbd", ports.nbd());
    byKey.put("ports.rest", ports.rest());
    Map<Integer, String> seen = new HashMap<>();
    byKey.forEach((key, port) -> {
      if (port < 0 || port > PORT_MAX) {
        problem(
            "CFG-025", key, port + " is no TCP port.", "It must be reachable.", "Use 0 to 65535.");
      }
      String other = port > 0 ? seen.putIfAbsent(port, key) : null;
      if (other != null) {
        problem(
            "CFG-025",
            key,
            port + " is also " + other + ".",
            "Only one server can listen on a port.",
            "Give each its own port.");
      }
    });
    return new PortSettings(
        config.bindAddress(), ports.replication(), ports.probe(), ports.nbd(), ports.rest());
  }

  private ControlSettings control() {
    String servers =
        required(
            "control.bootstrap-servers",
            config.control().bootstrapServers(),
            null,
            "Volumes and nodes are known from the control topics.");
    if (config.control().registryUrl().isEmpty()) {
      problem(
          "CFG-020",
          "control.registry-url",
          "is not set.",
          "Records are read and written by registered schemas.",
          "Set it to http://HOST:PORT/apis/registry/v3.");
    }
    return new ControlSettings(
        servers,
        config.control().registryUrl().orElse(java.net.URI.create("http://unset")),
        config.control().autoRegister());
  }

  private AttacherRoute attacher() {
    return switch (config.attacher()) {
      case "auto" -> kernelHasNbd.getAsBoolean() ? AttacherRoute.NBD : AttacherRoute.FUSE;
      case "fuse" -> AttacherRoute.FUSE;
      case "nbd" -> {
        if (!kernelHasNbd.getAsBoolean()) {
          problem(
              "CFG-028",
              "attacher",
              "is nbd, and this process has no access to the kernel's NBD client.",
              "Its module is not loaded, or the agent is not in the host's network namespace.",
              "Load it (modprobe nbd) and use the host's network, or use fuse or auto.");
        }
        yield AttacherRoute.NBD;
      }
      default -> {
        problem(
            "CFG-028",
            "attacher",
            "'" + config.attacher() + "' is no way to attach.",
            "Volumes become block devices by it.",
            "Use auto, nbd or fuse.");
        yield AttacherRoute.FUSE;
      }
    };
  }

  private void checkPaths() {
    int bytes =
        config.csiSocket().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes > SOCKET_PATH_BYTES_MAX) {
      problem(
          "CFG-026",
          "csi-socket",
          "has " + bytes + " bytes.",
          "The kernel takes at most " + SOCKET_PATH_BYTES_MAX + " in the path of a unix socket.",
          "Choose a shorter path.");
    }
    if (Files.exists(config.stateDir()) && !Files.isDirectory(config.stateDir())) {
      problem(
          "CFG-026",
          "state-dir",
          "'" + config.stateDir() + "' is not a directory.",
          "Attachments are remembered in it.",
          "Name a directory; it is created if it does not exist.");
    }
  }

  private void checkDurations() {
    Map<String, Function<AgentConfig, Duration>> durations = new LinkedHashMap<>();
    durations.put("heartbeat.interval", c -> c.heartbeat().interval());
    durations.put("heartbeat.descriptor-interval", c -> c.heartbeat().descriptorInterval());
    durations.put("probe.interval", c -> c.probe().interval());
    durations.put("probe.timeout", c -> c.probe().timeout());
    durations.put("canary.interval", c -> c.canary().interval());
    durations.put("canary.limit", c -> c.canary().limit());
    durations.put("usage.interval", c -> c.usage().interval());
    durations.forEach((key, get) -> {
      Duration value = get.apply(config);
      if (value.compareTo(Duration.ofMillis(10)) < 0
          || value.compareTo(Duration.ofMinutes(10)) > 0) {
        problem(
            "CFG-027",
            key,
            value.toMillis() + " ms is out of range.",
            "Shorter burns a core, longer judges nothing.",
            "Use 10ms to 10m.");
      }
    });
    if (config.probe().peersMax() < 1 || config.probe().peersMax() > 64) {
      problem(
          "CFG-027",
          "probe.peers-max",
          config.probe().peersMax() + " is out of range.",
          "Each watched peer costs a thread and four connections a second.",
          "Use 1 to 64.");
    }
  }

  private void problem(String code, String key, String what, String why, String fix) {
    problems.add(new ConfigProblem(code, PREFIX + key, what, why, fix));
  }
}
