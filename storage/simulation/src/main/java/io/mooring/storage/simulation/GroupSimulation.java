package io.mooring.storage.simulation;

import io.mooring.storage.replication.Outcome;
import io.mooring.storage.replication.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two volumes with faults of their own and clients that know of each other's writes. Their
 * snapshots are taken together, while both are held, and must be one moment: no write may be in the
 * one that was submitted after the acknowledgement of another one that is not in the other.
 */
public final class GroupSimulation {
  private static final int VOLUMES = 2;

  private final Scheduler scheduler;
  private final List<Simulation> volumes = new ArrayList<>();
  private long groupsTaken;

  private GroupSimulation(long seed, Mutant mutant, boolean verbose) {
    this.scheduler = new Scheduler(seed);
    Orders orders = new Orders();
    for (int i = 0; i < VOLUMES; i++) {
      volumes.add(new Simulation(seed, mutant, verbose, scheduler, orders));
    }
  }

  /** Returns how many groups were taken. */
  public static long run(long seed, Mutant mutant, boolean verbose) {
    GroupSimulation group = new GroupSimulation(seed, mutant, verbose);
    try {
      group.run();
      return group.groupsTaken;
    } catch (RuntimeException | AssertionError failure) {
      throw new SimulationFailure(
          "group seed "
              + seed
              + ": "
              + failure.getMessage()
              + "\nReplay: -Dtest=SeedTest -Dgroup="
              + seed,
          failure);
    }
  }

  private void run() {
    List<Nemesis> faults = volumes.stream().map(Simulation::begin).toList();
    takeLater();
    Simulation first = volumes.getFirst();
    first.runUntil(scheduler.now() + scheduler.between(2_000, 5_000) * Scheduler.MILLIS);
    faults.forEach(Nemesis::heal);
    volumes.forEach(Simulation::recover);
  }

  private void takeLater() {
    scheduler.after(
        scheduler.between(20, 250) * Scheduler.MILLIS,
        "group",
        () -> {
          new Attempt().hold();
          takeLater();
        });
  }

  /** All or nothing, as volume-manager does it. */
  private final class Attempt {
    private final List<@Nullable HeadRun> runs = new ArrayList<>();
    private final long[][] contents = new long[VOLUMES][];
    private final @Nullable RequestId[] holds = new @Nullable RequestId[VOLUMES];
    private int held;
    private int taken;
    private boolean failed;

    private void hold() {
      for (Simulation volume : volumes) {
        runs.add(volume.anyRun());
      }
      if (runs.contains(null)) {
        return;
      }
      each(volume ->
          holds[volume] =
              volumes.get(volume).snapshots().hold(run(volume), (outcome, none) -> held(outcome)));
    }

    private void held(Outcome outcome) {
      if (!(outcome instanceof Outcome.Done)) {
        giveUp();
      } else if (++held == VOLUMES && !failed) {
        afterAMoment(this::take);
      }
    }

    private void take() {
      each(volume -> afterAMoment(() -> take(volume)));
    }

    private void take(int volume) {
      volumes
          .get(volume)
          .snapshots()
          .take(
              run(volume),
              holds[volume],
              (outcome, content) -> {
                if (content == null) {
                  giveUp();
                  return;
                }
                contents[volume] = content;
                if (++taken == VOLUMES) {
                  check();
                }
              });
    }

    /** Commands reach their agents late, sometimes later than the hold lasts. */
    private void afterAMoment(Runnable action) {
      long late = scheduler.chance(0.1) ? scheduler.between(50, 400) : scheduler.between(1, 10);
      scheduler.after(late * Scheduler.MILLIS, "command", action);
    }

    private void giveUp() {
      failed = true;
      each(volume -> {
        RequestId hold = holds[volume];
        if (hold != null) {
          volumes.get(volume).snapshots().release(run(volume), hold);
        }
      });
    }

    private HeadRun run(int volume) {
      HeadRun run = runs.get(volume);
      if (run == null) {
        throw new IllegalStateException("volume " + volume + " has no head");
      }
      return run;
    }

    private void each(Consumer<Integer> action) {
      for (int volume = 0; volume < VOLUMES; volume++) {
        action.accept(volume);
      }
    }

    private void check() {
      for (int volume = 0; volume < VOLUMES; volume++) {
        if (volumes.get(volume).history().isSuperseded(run(volume).promise())) {
          return;
        }
      }
      groupsTaken++;
      long newest = 0;
      for (int volume = 0; volume < VOLUMES; volume++) {
        newest = Math.max(newest, volumes.get(volume).history().newestSubmission(contents[volume]));
      }
      for (int volume = 0; volume < VOLUMES; volume++) {
        volumes.get(volume).history().checkContainsWhatWasKnownBefore(newest, contents[volume]);
      }
    }
  }
}
