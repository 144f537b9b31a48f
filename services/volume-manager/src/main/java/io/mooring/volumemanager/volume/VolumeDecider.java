package io.mooring.volumemanager.volume;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One input in, one decision out. See the package for what every decision keeps. */
public final class VolumeDecider {

  private final CommandRules commands;
  private final ReportRules reports;
  private final VerdictRules verdicts;
  private final TaskRules tasks;
  private final RepairRules repairs;

  /**
   * @param cluster what is known about nodes and pools
   * @param replaceAfter how long a replica may be out of reach before it is replaced
   */
  public VolumeDecider(ClusterView cluster, Duration replaceAfter) {
    this.repairs = new RepairRules(cluster, replaceAfter);
    this.verdicts = new VerdictRules(cluster);
    this.tasks = new TaskRules(cluster);
    this.commands = new CommandRules(cluster, verdicts, tasks);
    this.reports = new ReportRules(commands, tasks, repairs);
  }

  /**
   * Decides.
   *
   * @param volume the volume before, null if there is none
   */
  public Decision decide(@Nullable Volume volume, VolumeInput input, Instant now) {
    return switch (input) {
      case VolumeInput.Command command -> {
        Draft draft = new Draft(volume, command.reference().cause(), now);
        commands.apply(draft, volume, command);
        yield finish(volume, draft);
      }
      case VolumeInput.Report report -> {
        Draft draft = new Draft(volume, report.cause(), now);
        if (volume != null) {
          reports.apply(draft, report);
        }
        yield finish(volume, draft);
      }
      case VolumeInput.Judgement judgement -> {
        Draft draft = new Draft(volume, judgement.cause(), now);
        if (volume != null) {
          verdicts.apply(draft, judgement);
        }
        yield finish(volume, draft);
      }
      case VolumeInput.TimePassed _ -> {
        Draft draft = new Draft(volume, null, now);
        if (volume != null) {
          commands.expireWaiting(draft);
          repairs.apply(draft);
        }
        yield finish(volume, draft);
      }
    };
  }

  /**
   * Whatever has happened, work that waits for a node and can have one now gets it. A new volume is
   * told of first: agents make its replicas blank only as long as it has no epoch (I4).
   */
  private Decision finish(@Nullable Volume before, Draft draft) {
    if (before != null) {
      tasks.assign(draft);
    }
    return draft.finish();
  }
}
