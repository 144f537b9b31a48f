package io.mooring.migrator.outside;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the migrator asks of an orchestrator about pods: whether they run, to stop and to start
 * them, and to run commands in them.
 */
public interface ApplicationDoor {

  /**
   * Pods of a namespace.
   *
   * @param desired how many are wanted now
   * @param running how many run
   */
  record Activity(int desired, int running) {}

  /**
   * A command that is to be run once in each running pod with the labels.
   *
   * @param container empty for the first one
   */
  record Command(
      Map<String, String> podSelector, String container, String text, boolean inSinglePod) {}

  /**
   * A command that was begun.
   *
   * @param ready every pod's command has ended or says that it has come to where it waits
   */
  record Execution(State state, boolean ready, List<PodRun> pods) {

    /** How it goes. */
    public enum State {
      RUNNING,
      DONE,
      FAILED
    }
  }

  /** A command in one pod. */
  record PodRun(String pod, String state, int exitCode, String output) {}

  Activity activity(String namespace) throws IOException;

  /** Begins to stop all pods; how many there were is remembered. The same call may come twice. */
  void stop(String namespace) throws IOException;

  /** Begins to start as many pods as there were. The same call may come twice. */
  void start(String namespace) throws IOException;

  /** Begins a command, or tells how the one of this id goes. */
  Execution execute(String id, String namespace, Command command, long timeoutSeconds)
      throws IOException;

  /** How a command goes; empty if it was ended or never begun. */
  Optional<Execution> execution(String id, String namespace) throws IOException;

  /** Ends what still runs of a command and forgets it; one that is not known is ended. */
  void end(String id, String namespace) throws IOException;
}
