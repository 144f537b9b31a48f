package io.mooring.migrator.work;

import io.mooring.migrator.outside.ApplicationDoor.Activity;
import io.mooring.migrator.outside.ApplicationSide;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;

/** Starts or stops the application on one side, and waits until that is so. */
final class ActivationWork {

  private static final long POLL_MS = 500;

  private final ApplicationSide side;
  private final Duration patience;

  ActivationWork(ApplicationSide side, Duration patience) {
    this.side = side;
    this.patience = patience;
  }

  /** All pods that are wanted run, and there are some. */
  Findings start() throws IOException, WorkRefusedException, InterruptedException {
    side.start();
    return await(
        activity -> activity.desired() > 0 && activity.running() >= activity.desired(),
        "MIG-115 The applications were not started in time on %s. %d of %d pods run. Look at their"
            + " pods there.");
  }

  /** No pod runs or is wanted. */
  Findings stop() throws IOException, WorkRefusedException, InterruptedException {
    side.stop();
    return await(
        activity -> activity.desired() == 0 && activity.running() == 0,
        "MIG-116 The applications were not stopped in time on %s. %d of %d pods run. Look at their"
            + " pods there.");
  }

  private Findings await(Predicate<Activity> reached, String otherwise)
      throws IOException, WorkRefusedException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Activity activity = side.activity();
      if (reached.test(activity)) {
        return Findings.NONE;
      }
      if (System.nanoTime() > deadline) {
        throw new WorkRefusedException(
            otherwise.formatted(side.name(), activity.running(), activity.desired()));
      }
      Thread.sleep(POLL_MS);
    }
  }
}
