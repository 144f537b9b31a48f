package io.mooring.volumemanager.volume;

import io.mooring.schemas.FileSystem;
import io.mooring.schemas.IoProfile;
import io.mooring.schemas.PoolPriority;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a StorageClass. Parameters it does not know become labels of the volume,
 * so that classes written for other systems keep working; bad values are refused, all at once.
 */
public final class StorageParameters {

  /** What came out of reading. */
  public sealed interface Outcome {
    record Valid(VolumeSpec spec) implements Outcome {}

    record Invalid(List<Rejection> problems) implements Outcome {}
  }

  private static final Set<String> KNOWN =
      Set.of("repl", "priority_io", "io_profile", "fs", "nodes", "racks", "zones", "group", "fg");

  private final Map<String, String> parameters;
  private final List<Rejection> problems = new ArrayList<>();

  private StorageParameters(Map<String, String> parameters) {
    this.parameters = parameters;
  }

  public static Outcome parse(Map<String, String> parameters) {
    return new StorageParameters(parameters).read();
  }

  /**
   * Reads the parameters of a volume that is made from another one: what they leave open is as it
   * is there. Labels are not inherited, they say whose the other volume is.
   */
  static Outcome parse(Map<String, String> parameters, @Nullable VolumeSpec inherited) {
    if (inherited == null) {
      return parse(parameters);
    }
    Map<String, String> merged = new LinkedHashMap<>();
    merged.put("repl", Integer.toString(inherited.repl()));
    merged.put("priority_io", inherited.priorityIo().name());
    merged.put("fs", inherited.fs().name());
    merged.put("nodes", String.join(",", inherited.places().nodes()));
    merged.put("racks", String.join(",", inherited.places().racks()));
    merged.put("zones", String.join(",", inherited.places().zones()));
    merged.put("group", inherited.grouping().group());
    merged.put("fg", Boolean.toString(inherited.grouping().fg()));
    if (parameters.getOrDefault("repl", "").isBlank()) {
      // Which profile is safe depends on the number of replicas.
      merged.put("io_profile", inherited.ioProfile().name());
    }
    parameters.forEach((key, value) -> {
      if (!value.isBlank() || !KNOWN.contains(key)) {
        merged.put(key, value);
      }
    });
    return parse(merged);
  }

  private Outcome read() {
    int repl = repl();
    List<String> nodes = names("nodes");
    String group = text("group", "");
    boolean fg = flag("fg");
    VolumeSpec spec =
        new VolumeSpec(
            repl,
            priorityIo(),
            ioProfile(repl),
            fileSystem(),
            new VolumeSpec.Places(nodes, names("racks"), names("zones")),
            new VolumeSpec.Grouping(group, fg),
            labels());
    if (!nodes.isEmpty() && nodes.size() < repl) {
      problems.add(
          new Rejection(
              "VOL-008",
              "Parameter nodes lists %d nodes, repl is %d.".formatted(nodes.size(), repl),
              "Each replica needs a node of its own.",
              "List at least as many nodes as replicas, or lower repl."));
    }
    if (fg && group.isEmpty()) {
      problems.add(
          new Rejection(
              "VOL-007",
              "Parameter fg is true, but group is not set.",
              "fg demands that the volumes of a group are spread over nodes.",
              "Set group, or remove fg."));
    }
    return problems.isEmpty() ? new Outcome.Valid(spec) : new Outcome.Invalid(problems);
  }

  private int repl() {
    String given = text("repl", "1");
    if (given.matches("[0-9]{1,3}")) {
      int repl = Integer.parseInt(given);
      if (repl >= VolumeSpec.REPL_MIN && repl <= VolumeSpec.REPL_MAX) {
        return repl;
      }
    }
    problems.add(
        new Rejection(
            "VOL-001",
            "Parameter repl is '%s'.".formatted(given),
            "A volume has 1 to 3 synchronous replicas.",
            "Set repl to 1, 2 or 3."));
    return 1;
  }

  private PoolPriority priorityIo() {
    return oneOf(
        "priority_io",
        "VOL-002",
        Map.of("low", PoolPriority.LOW, "medium", PoolPriority.MEDIUM, "high", PoolPriority.HIGH),
        "low");
  }

  private FileSystem fileSystem() {
    return oneOf(
        "fs",
        "VOL-004",
        Map.of("ext4", FileSystem.EXT4, "xfs", FileSystem.XFS, "none", FileSystem.NONE),
        "ext4");
  }

  private IoProfile ioProfile(int repl) {
    IoProfile auto = repl >= 2 ? IoProfile.DB_REMOTE : IoProfile.NONE;
    IoProfile profile =
        oneOf(
            "io_profile",
            "VOL-003",
            Map.of("auto", auto, "none", IoProfile.NONE, "db_remote", IoProfile.DB_REMOTE),
            "auto");
    if (profile == IoProfile.DB_REMOTE && repl < 2) {
      problems.add(
          new Rejection(
              "VOL-006",
              "Parameter io_profile is 'db_remote', repl is %d.".formatted(repl),
              "db_remote delays flushes, which is safe only while a second replica has the data.",
              "Set repl to 2 or 3, or io_profile to auto."));
    }
    return profile;
  }

  private boolean flag(String key) {
    return oneOf(key, "VOL-005", Map.of("true", true, "false", false), "false");
  }

  private <T> T oneOf(String key, String code, Map<String, T> choices, String fallback) {
    String given = text(key, fallback).toLowerCase(Locale.ROOT);
    @Nullable T chosen = choices.get(given);
    if (chosen != null) {
      return chosen;
    }
    String allowed = String.join(", ", choices.keySet().stream().sorted().toList());
    problems.add(
        new Rejection(
            code,
            "Parameter %s is '%s'.".formatted(key, given),
            "It has no meaning to Mooring.",
            "Set %s to one of: %s.".formatted(key, allowed)));
    return choices.getOrDefault(fallback, choices.values().iterator().next());
  }

  private List<String> names(String key) {
    return Arrays.stream(text(key, "").split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  private String text(String key, String fallback) {
    String given = parameters.getOrDefault(key, "").strip();
    return given.isEmpty() ? fallback : given;
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>(parameters);
    labels.keySet().removeAll(KNOWN);
    return labels;
  }
}
