package io.mooring.volumemanager.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.volumemanager.snapshot.SnapshotInput.Said;
import io.mooring.volumemanager.volume.ReplicaId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Sets under random inputs: agents that answer, crash and repeat themselves, reports that arrive
 * late or twice, failovers, deadlines, commands. Beside it runs a model of what heads have really
 * done. A failure names the seed that repeats it: {@code -Dseed=…}.
 */
class RandomSetTest {

  private static final int STEPS = 120;
  private static final int SEEDS = 400;
  private static final List<String> VOLUMES = List.of("a", "b", "c");

  @Test
  void aReadySetIsOneMomentOfAllItsVolumes() {
    String given = System.getProperty("seed");
    LongStream seeds =
        given != null
            ? LongStream.of(Long.parseLong(given))
            : LongStream.concat(LongStream.range(0, SEEDS), new Random().longs(SEEDS));
    long ready = seeds.filter(seed -> new Run(seed).ends()).count();
    assertThat(ready).as("runs in which a set became ready").isPositive();
  }

  /** One run, with what its heads have really done. */
  private static final class Run {

    /**
     * A hold of a head.
     *
     * @param snapshotId attempt that it is for
     */
    private record Hold(String snapshotId, long epoch) {}

    private final long seed;
    private final Random random;
    private final SetStory story = new SetStory();
    private final Map<String, Long> epochs = new HashMap<>();
    private final Map<String, Hold> holds = new HashMap<>();

    /** By attempt, the volumes whose heads took it while all of the set were held. */
    private final Map<String, Set<String>> takenTogether = new HashMap<>();

    private final List<Runnable> inFlight = new ArrayList<>();
    private final Set<String> attempts = new HashSet<>();
    private boolean wasReady;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      VOLUMES.forEach(volume -> attach(volume, 1));
    }

    private void attach(String volume, long epoch) {
      epochs.put(volume, epoch);
      story.volumes.attached(volume, epoch);
    }

    boolean ends() {
      try {
        for (int step = 0; step < STEPS; step++) {
          Optional<SnapshotSet> before = story.found();
          act();
          check(before, story.found());
        }
        return wasReady;
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("repeat with -Dseed=" + seed, e);
      }
    }

    private void act() {
      String volume = VOLUMES.get(random.nextInt(VOLUMES.size()));
      switch (random.nextInt(16)) {
        case 0 -> story.take(volumes());
        case 1 -> {
          if (random.nextInt(6) == 0) {
            story.delete();
          }
        }
        case 2 -> {
          if (random.nextInt(6) == 0) {
            failOver(volume);
          }
        }
        case 3 -> story.wait(Duration.ofMillis(random.nextInt(3000)));
        case 4 -> {
          if (random.nextInt(4) == 0) {
            // The agent has crashed, or the engine has ended the hold.
            holds.remove(volume);
            missed(volume);
          }
        }
        case 5, 6, 7, 8 -> agentActs(volume);
        default -> deliver();
      }
    }

    private String[] volumes() {
      return random.nextBoolean()
          ? VOLUMES.toArray(String[]::new)
          : new String[] {VOLUMES.get(0), VOLUMES.get(1)};
    }

    private void failOver(String volume) {
      holds.remove(volume);
      long next = epochs.getOrDefault(volume, 0L) + 1;
      if (random.nextBoolean()) {
        story.volumes.fencing(volume, next);
        epochs.put(volume, next);
      } else {
        attach(volume, next);
      }
    }

    /** What an agent does that has heard of the present state of the set. */
    private void agentActs(String volume) {
      Optional<SnapshotSet> found = story.found();
      if (found.isEmpty() || found.get().member(FakeVolumes.id(volume)).isEmpty()) {
        return;
      }
      SnapshotSet set = found.get();
      SnapshotSet.Member member = set.member(FakeVolumes.id(volume)).orElseThrow();
      String attempt = member.snapshotId();
      long epoch = epochs.getOrDefault(volume, 0L);
      switch (set.phase()) {
        case SetPhase.Holding _ -> {
          holds.put(volume, new Hold(attempt, epoch));
          send(volume, attempt, new Said.Held(epoch));
        }
        case SetPhase.Taking _ -> {
          if (new Hold(attempt, epoch).equals(holds.get(volume))) {
            take(set, volume, attempt, epoch);
          } else {
            missed(volume);
          }
        }
        case SetPhase.Ready _ -> {}
        case SetPhase.Failed _ -> holds.remove(volume);
        case SetPhase.Deleting _ -> {
          send(volume, attempt, new Said.Removed(new ReplicaId("r1")));
          inFlight.add(() -> story.removed(volume, "r2", "n2"));
        }
      }
    }

    /** A moment of all volumes: whoever is not held or taken yet breaks it. */
    private void take(SnapshotSet set, String volume, String attempt, long epoch) {
      Set<String> together = takenTogether.computeIfAbsent(attempt, _ -> new HashSet<>());
      boolean othersStand =
          set.volumes().stream()
              .map(id -> VOLUMES.stream().filter(v -> FakeVolumes.id(v).equals(id)).findFirst())
              .map(Optional::orElseThrow)
              .allMatch(other ->
                  together.contains(other)
                      || (holds.get(other) != null
                          && holds.get(other).snapshotId().equals(attempt)));
      if (othersStand) {
        together.add(volume);
      }
      send(
          volume,
          attempt,
          new Said.Taken(epoch, 1, List.of(new ReplicaId("r1"), new ReplicaId("r2")), 3));
    }

    private void missed(String volume) {
      story
          .found()
          .flatMap(set -> set.member(FakeVolumes.id(volume)))
          .ifPresent(
              member -> send(volume, member.snapshotId(), new Said.Missed("SNP-061", "gone")));
    }

    private void send(String volume, String attempt, Said said) {
      Runnable report = () -> story.said(volume, attempt, "n1", said);
      inFlight.add(report);
      if (random.nextInt(5) == 0) {
        inFlight.add(report);
      }
    }

    /** Reports of several agents come in any order. */
    private void deliver() {
      if (!inFlight.isEmpty()) {
        Runnable report = inFlight.remove(random.nextInt(inFlight.size()));
        if (story.found().isPresent()) {
          report.run();
        }
      }
    }

    private void check(Optional<SnapshotSet> before, Optional<SnapshotSet> after) {
      after.ifPresent(set -> {
        assertThat(set.members().stream().map(SnapshotSet.Member::snapshotId).distinct())
            .hasSize(1);
        attempts.add(set.members().getFirst().snapshotId());
        if (set.phase() instanceof SetPhase.Ready) {
          wasReady = true;
          checkOneMoment(set);
        }
        if (set.isUnderWay() && before.isPresent() && !before.get().isUnderWay()) {
          assertThat(set.members().getFirst().snapshotId())
              .as("an identity is used for one attempt only")
              .isNotEqualTo(before.get().members().getFirst().snapshotId());
        }
      });
      if (before.isPresent() && before.get().phase() instanceof SetPhase.Ready) {
        assertThat(after.map(SnapshotSet::phase))
            .as("only a request ends what is ready")
            .hasValueSatisfying(phase ->
                assertThat(phase).isInstanceOfAny(SetPhase.Ready.class, SetPhase.Deleting.class));
      }
    }

    private void checkOneMoment(SnapshotSet set) {
      String attempt = set.members().getFirst().snapshotId();
      assertThat(set.members()).allMatch(SnapshotSet.Member::isTaken);
      assertThat(takenTogether.getOrDefault(attempt, Set.of()))
          .as("every volume was taken while all others were held or taken")
          .hasSize(set.members().size());
    }
  }
}
