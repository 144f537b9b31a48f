package io.mooring.migrator.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationDoor.Command;
import io.mooring.migrator.outside.ApplicationDoor.Execution;
import io.mooring.migrator.outside.ApplicationDoor.PodRun;
import io.mooring.migrator.outside.OutsideException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Commands in pods. Which pods a command is for is written to a record in the namespace before it
 * is begun in the first of them, and how it goes lies in the pods: so another migrator can go on
 * with it, or end it, after this one was killed.
 */
final class PodCommands {

  /** Label of records; they are no objects of the application. */
  static final String RECORD = "mooring.io/execution";

  private static final String PREFIX = "mooring-execution-";
  private static final int LATE = 124;
  private static final int UNKNOWN = -1;

  private final ApiServer server;
  private final VolumeBindings bindings;
  private final PodExec exec;
  private final PodScripts scripts;

  PodCommands(ApiServer server, VolumeBindings bindings, PodExec exec, PodScripts scripts) {
    this.server = server;
    this.bindings = bindings;
    this.exec = exec;
    this.scripts = scripts;
  }

  /**
   * A pod that has a command.
   *
   * @param uid tells it from a later pod of the same name
   */
  private record Member(String pod, String uid, String container, List<String> dataDirs) {

    PodExec.Target target(String namespace) {
      return new PodExec.Target(namespace, pod, container);
    }

    ObjectNode written() {
      ObjectNode written = ApiServer.object();
      written.put("pod", pod).put("uid", uid).put("container", container);
      ArrayNode folders = written.putArray("dataDirs");
      dataDirs.forEach(folders::add);
      return written;
    }

    static Member of(JsonNode written) {
      List<String> folders = new ArrayList<>();
      written.path("dataDirs").forEach(folder -> folders.add(folder.asText()));
      return new Member(
          written.path("pod").asText(),
          written.path("uid").asText(),
          written.path("container").asText(),
          folders);
    }
  }

  /** Begins a command in all running pods with the labels, or tells how the one of this id goes. */
  Execution execute(String id, String namespace, Command command, long timeoutSeconds)
      throws IOException {
    Optional<List<Member>> begun = members(id, namespace);
    List<Member> members = begun.isPresent() ? begun.get() : chosen(namespace, command);
    if (members.isEmpty()) {
      return new Execution(Execution.State.DONE, true, List.of());
    }
    if (begun.isEmpty()) {
      record(id, namespace, members);
      // Another migrator may have been faster, and what it wrote counts.
      members = members(id, namespace).orElse(members);
    }
    List<PodRun> refused = new ArrayList<>();
    for (Member member : members) {
      if (isThere(member, namespace)) {
        PodScripts.Place place = new PodScripts.Place(member.pod(), namespace, member.dataDirs());
        PodExec.Answer answer =
            exec.run(
                member.target(namespace), scripts.begin(id, timeoutSeconds, command.text(), place));
        if (answer.exitCode() != 0) {
          refused.add(failed(member, answer.exitCode(), answer.output()));
        }
      }
    }
    return refused.isEmpty()
        ? ask(id, namespace, members)
        : new Execution(Execution.State.FAILED, true, refused);
  }

  Optional<Execution> execution(String id, String namespace) throws IOException {
    Optional<List<Member>> members = members(id, namespace);
    return members.isPresent() ? Optional.of(ask(id, namespace, members.get())) : Optional.empty();
  }

  /** Ends what runs of a command and forgets it. */
  void end(String id, String namespace) throws IOException {
    for (Member member : members(id, namespace).orElse(List.of())) {
      if (isThere(member, namespace)) {
        exec.run(member.target(namespace), scripts.end(id));
      }
    }
    server.delete(Kinds.CONFIG_MAP.path(namespace, PREFIX + id));
  }

  private Execution ask(String id, String namespace, List<Member> members) throws IOException {
    List<PodRun> runs = new ArrayList<>();
    boolean ready = true;
    for (Member member : members) {
      Optional<PodExec.Answer> answer =
          isThere(member, namespace)
              ? Optional.of(exec.run(member.target(namespace), scripts.status(id)))
              : Optional.empty();
      ready &= answer.filter(told -> told.output().startsWith("RUNNING")).isEmpty();
      runs.add(
          answer
              .map(told -> run(member, told))
              .orElseGet(() -> failed(member, UNKNOWN, "the pod is gone")));
    }
    return new Execution(together(runs), ready, runs);
  }

  private static Execution.State together(List<PodRun> runs) {
    boolean failed = false;
    for (PodRun run : runs) {
      if (run.state().equals(Execution.State.RUNNING.name())) {
        return Execution.State.RUNNING;
      }
      failed |= run.state().equals(Execution.State.FAILED.name());
    }
    return failed ? Execution.State.FAILED : Execution.State.DONE;
  }

  private static PodRun run(Member member, PodExec.Answer answer) {
    String[] parts = answer.output().split("\n", 2);
    String[] words = parts[0].strip().split(" ");
    String output = parts.length > 1 ? parts[1] : "";
    return switch (words[0]) {
      case "RUNNING", "READY" ->
          new PodRun(member.pod(), Execution.State.RUNNING.name(), 0, output);
      case "LATE" -> failed(member, LATE, "it took too long\n" + output);
      case "GONE", "LOST" ->
          failed(member, UNKNOWN, "its container was started again meanwhile\n" + output);
      case "ENDED" -> ended(member, Integer.parseInt(words[1]), output);
      default -> failed(member, answer.exitCode(), answer.output());
    };
  }

  private static PodRun ended(Member member, int exitCode, String output) {
    return exitCode == 0
        ? new PodRun(member.pod(), Execution.State.DONE.name(), 0, output)
        : failed(member, exitCode, output);
  }

  private static PodRun failed(Member member, int exitCode, String output) {
    return new PodRun(member.pod(), Execution.State.FAILED.name(), exitCode, output);
  }

  private boolean isThere(Member member, String namespace) throws IOException {
    return server
        .get(Kinds.POD.path(namespace, member.pod()))
        .filter(pod -> pod.path("metadata").path("uid").asText().equals(member.uid()))
        .isPresent();
  }

  private List<Member> chosen(String namespace, Command command) throws IOException {
    List<ObjectNode> pods = new ArrayList<>(server.list(Kinds.POD.path(namespace)));
    pods.removeIf(pod -> !isRunning(pod) || !hasLabels(pod, command));
    pods.sort(Comparator.comparing(Fields::name));
    List<Member> members = new ArrayList<>();
    for (ObjectNode pod : pods) {
      if (members.isEmpty() || !command.inSinglePod()) {
        members.add(member(namespace, pod, command));
      }
    }
    return members;
  }

  private static boolean isRunning(JsonNode pod) {
    return pod.path("status").path("phase").asText().equals("Running")
        && !pod.path("metadata").has("deletionTimestamp");
  }

  private static boolean hasLabels(JsonNode pod, Command command) {
    return command.podSelector().entrySet().stream()
        .allMatch(label -> Fields.label(pod, label.getKey()).equals(label.getValue()));
  }

  private Member member(String namespace, JsonNode pod, Command command) throws IOException {
    JsonNode containers = pod.path("spec").path("containers");
    JsonNode container = containers.path(0);
    if (!command.container().isEmpty()) {
      container = ApiServer.object();
      for (JsonNode one : containers) {
        if (one.path("name").asText().equals(command.container())) {
          container = one;
        }
      }
      if (container.isEmpty()) {
        throw new OutsideException(
            "MIG-158 Pod '%s' has no container '%s'. Correct the rule."
                .formatted(Fields.name(pod), command.container()),
            ApiServer.INVALID,
            "MIG-158");
      }
    }
    return new Member(
        Fields.name(pod),
        pod.path("metadata").path("uid").asText(),
        container.path("name").asText(),
        dataDirs(namespace, pod, container));
  }

  /** Where the container has volumes of Mooring. */
  private List<String> dataDirs(String namespace, JsonNode pod, JsonNode container)
      throws IOException {
    List<String> folders = new ArrayList<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      for (JsonNode volume : pod.path("spec").path("volumes")) {
        String claim = volume.path("persistentVolumeClaim").path("claimName").asText();
        if (volume.path("name").equals(mount.path("name")) && !claim.isEmpty()) {
          Optional<ObjectNode> found = server.get(Kinds.CLAIM.path(namespace, claim));
          if (found.isPresent() && bindings.handleOf(found.get()).isPresent()) {
            folders.add(mount.path("mountPath").asText());
          }
        }
      }
    }
    return folders;
  }

  private Optional<List<Member>> members(String id, String namespace) throws IOException {
    Optional<ObjectNode> record = server.get(Kinds.CONFIG_MAP.path(namespace, PREFIX + id));
    if (record.isEmpty()) {
      return Optional.empty();
    }
    List<Member> members = new ArrayList<>();
    ApiServer.parsed(record.get().path("data").path("run").asText())
        .path("pods")
        .forEach(pod -> members.add(Member.of(pod)));
    return Optional.of(members);
  }

  private void record(String id, String namespace, List<Member> members) throws IOException {
    ObjectNode run = ApiServer.object();
    ArrayNode pods = run.putArray("pods");
    members.forEach(member -> pods.add(member.written()));
    ObjectNode record = ApiServer.object();
    record.put("apiVersion", "v1").put("kind", Kinds.CONFIG_MAP.name());
    ObjectNode metadata = record.putObject("metadata");
    metadata.put("name", PREFIX + id).put("namespace", namespace);
    metadata.putObject("labels").put(RECORD, "true");
    record.putObject("data").put("run", run.toString());
    try {
      server.create(Kinds.CONFIG_MAP.path(namespace), record);
    } catch (OutsideException e) {
      if (e.status() != ApiServer.CONFLICT) {
        throw e;
      }
    }
  }
}
