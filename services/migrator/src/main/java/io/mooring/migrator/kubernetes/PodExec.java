package io.mooring.migrator.kubernetes;

import java.io.IOException;
import java.util.List;

/** Runs a program in a container and waits for its end. */
@FunctionalInterface
interface PodExec {

  /** A container of a pod. */
  record Target(String namespace, String pod, String container) {}

  /**
   * How it went.
   *
   * @param output of both streams
   */
  record Answer(int exitCode, String output) {}

  /**
   * @throws IOException if it is not known how it went
   */
  Answer run(Target target, List<String> program) throws IOException;
}
