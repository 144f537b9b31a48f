package io.mooring.localcluster.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Starts processes of the control plane, in the namespaces of this process, with a log file each
 * and with the class archives that there are, or with the recording of them in a training run.
 */
public final class ProcessStarter {

  private final Function<String, Path> logOf;
  private final ClassArchives archives;
  private final boolean training;

  public ProcessStarter(Function<String, Path> logOf, ClassArchives archives, boolean training) {
    this.logOf = logOf;
    this.archives = archives;
    this.training = training;
  }

  public LocalProcess start(String name, List<String> command) {
    return LocalProcess.start(specify(name, command), List.of());
  }

  /** A process for somebody else to start, such as a node. */
  public ProcessSpec specify(String name, List<String> command) {
    return new ProcessSpec(name, command, Map.of(), logOf.apply(name));
  }

  /** Options for the program's class archive: to record it in a training run, else to use it. */
  public List<String> archiveOptions(JavaProgram program) {
    return training && !archives.isTrained(program)
        ? archives.record(program)
        : archives.use(program);
  }
}
