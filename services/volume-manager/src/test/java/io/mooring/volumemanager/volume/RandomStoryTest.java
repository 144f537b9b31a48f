package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Invariants under random inputs: current, outdated, repeated and senseless ones. A failure names
 * the seed that repeats it: {@code -Dseed=…}.
 */
class RandomStoryTest {

  private static final int STEPS = 300;
  private static final int SEEDS = 300;
  private static final List<Purpose> PURPOSES =
      List.of(Purpose.ORDINARY, new Purpose("restore a"), new Purpose("restore b"));
  private static final List<String> NODES = List.of("n1", "n2", "n3", "n4");

  @Test
  void everyDecisionKeepsTheInvariants() {
    String given = System.getProperty("seed");
    LongStream seeds =
        given != null
            ? LongStream.of(Long.parseLong(given))
            : LongStream.concat(LongStream.range(0, SEEDS), new Random().longs(SEEDS));
    seeds.forEach(RandomStoryTest::run);
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    VolumeStory story = new VolumeStory(NODES.toArray(String[]::new));
    story.create(Map.of("repl", Integer.toString(1 + random.nextInt(3))));
    NavigableMap<Long, Purpose> writers = new TreeMap<>();
    try {
      for (int step = 0; step < STEPS && story.exists(); step++) {
        Volume before = story.volume();
        act(story, random);
        if (story.exists()) {
          check(before, story.volume(), story.last());
          checkWriters(before, story, writers);
          checkFilling(before, story);
        } else {
          assertThat(before.phase()).isInstanceOf(VolumePhase.Deleting.class);
        }
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("repeat with -Dseed=" + seed, e);
    }
  }

  private static void check(Volume before, Volume after, Decision decision) {
    boolean published = decision.statePublished();
    assertThat(after.epoch().value()).isGreaterThanOrEqualTo(before.epoch().value());
    assertThat(after.generation().value()).isGreaterThanOrEqualTo(before.generation().value());
    assertThat(after.sizeBytes()).as("I7").isGreaterThanOrEqualTo(before.sizeBytes());
    if (!(after.phase() instanceof VolumePhase.Deleting)) {
      assertThat(after.replicas().inSync()).as("I1").isNotEmpty();
    }
    if (!roles(before).equals(roles(after))) {
      assertThat(after.generation().value()).isGreaterThan(before.generation().value());
      assertThat(published).isTrue();
    }
    Optional<NodeId> holderBefore = holder(before);
    Optional<NodeId> holderAfter = holder(after);
    if (holderAfter.isPresent() && !holderAfter.equals(holderBefore)) {
      assertThat(after.epoch().value()).as("I2").isGreaterThan(before.epoch().value());
      holderBefore.ifPresent(node ->
          assertThat(decision.announcements())
              .as("nobody else held it, or it was closed there")
              .anySatisfy(a ->
                  assertThat(a.fact())
                      .isInstanceOfSatisfying(
                          VolumeFact.Detached.class,
                          detached -> assertThat(detached.node()).isEqualTo(node))));
    }
    if (before.phase() instanceof VolumePhase.Fencing
        && !(after.phase() instanceof VolumePhase.Fencing)) {
      assertThat(decision.announcements())
          .as("I6: fencing ends with evidence")
          .anySatisfy(a -> assertThat(a.fact()).isInstanceOf(VolumeFact.Detached.class));
    }
    checkTask(before, after, decision);
    assertThat(after.replicas().members().stream().filter(r -> !r.unusable()).map(Replica::node))
        .as("one usable replica a node")
        .doesNotHaveDuplicates();
  }

  /** A mixture is never given to anybody, and nobody hears that it is whole by mistake. */
  private static void checkTask(Volume before, Volume after, Decision decision) {
    HeadTask was = before.task();
    HeadTask is = after.task();
    if (was != null && (is == null || !is.id().equals(was.id()))) {
      assertThat(decision.announcements())
          .as("a task ends with an event")
          .anySatisfy(a ->
              assertThat(a.fact())
                  .isInstanceOfSatisfying(
                      VolumeFact.TaskEnded.class,
                      ended -> assertThat(ended.task().id()).isEqualTo(was.id())));
    }
    if (is != null && !is.isShort() && holder(after).isPresent()) {
      assertThat(after.replicas().inSync().stream().map(Replica::node).toList())
          .as("work is done beside a replica")
          .isNotEmpty();
      assertThat(decision.announcements())
          .as("nobody is told that he has it")
          .noneMatch(a -> a.fact() instanceof VolumeFact.Published && a.answers() != null);
    }
  }

  /**
   * What the volume remembers of its publications is what there has been, and whoever wanted it
   * untouched has it only if it is.
   */
  private static void checkWriters(
      Volume before, VolumeStory story, NavigableMap<Long, Purpose> writers) {
    Volume after = story.volume();
    for (VolumeFact fact : story.facts()) {
      if (fact instanceof VolumeFact.Published published
          && !published.purpose().text().startsWith("snapshot")) {
        writers.put(after.epoch().value(), published.purpose());
      }
    }
    Publication publication = after.attachment().publication();
    assertThat(publication.epoch().value()).isEqualTo(writers.isEmpty() ? 0 : writers.lastKey());
    for (Purpose purpose : PURPOSES) {
      for (long since = 0; since <= after.epoch().value(); since++) {
        boolean untouched =
            writers.tailMap(since, false).values().stream()
                .allMatch(writer -> writer.equals(purpose) && !writer.isOrdinary());
        assertThat(publication.isUntouchedSince(new Epoch(since), purpose))
            .as("since %s but for %s: %s", since, purpose, writers)
            .isEqualTo(untouched);
      }
    }
    boolean wasHeldForElse =
        before.phase() instanceof VolumePhase.Published
            && !before.attachment().publication().purpose().equals(publication.purpose());
    if (wasHeldForElse && after.phase() instanceof VolumePhase.Published && after.task() == null) {
      assertThat(story.facts())
          .as("one purpose at a time")
          .anyMatch(fact -> fact instanceof VolumeFact.Detached);
    }
  }

  /**
   * What is half is given to nobody but who fills it, and becomes whole only by a word of his about
   * his own publication, or by the end of the task that fills it.
   */
  private static void checkFilling(Volume before, VolumeStory story) {
    Volume after = story.volume();
    Filling filling = after.attachment().filling();
    if (after.attachment().isHalf() && holder(after).isPresent()) {
      assertThat(after.attachment().publication().purpose())
          .as("has it while it is half")
          .isEqualTo(filling == null ? null : filling.purpose());
      assertThat(after.task() == null || !after.task().isShort()).as("no snapshot").isTrue();
    }
    if (before.attachment().isHalf() && !after.attachment().isHalf()) {
      boolean ended =
          story.facts().stream()
              .anyMatch(
                  fact -> fact instanceof VolumeFact.TaskEnded(_, boolean done, _, _) && done);
      Publication last = before.attachment().publication();
      boolean said =
          story.asked() instanceof VolumeRequest.Unpublish asked
              && last.epoch().equals(asked.filled())
              && last.purpose().equals(asked.purpose());
      assertThat(ended || said).as("whole by whose word").isTrue();
    }
  }

  private static List<String> roles(Volume volume) {
    return volume.replicas().members().stream().map(r -> r.id() + "=" + r.role()).toList();
  }

  private static Optional<NodeId> holder(Volume volume) {
    return volume.phase() instanceof VolumePhase.Published published
        ? Optional.of(published.holder())
        : Optional.empty();
  }

  private static void act(VolumeStory story, Random random) {
    String node = NODES.get(random.nextInt(NODES.size()));
    switch (random.nextInt(26)) {
      case 0 -> story.publish(node);
      case 1, 2 -> {
        long since = random.nextLong(story.volume().epoch().value() + 2);
        Purpose purpose = anyPurpose(random);
        if (random.nextBoolean() && !purpose.isOrdinary()) {
          story.publishToFill(node, purpose.text(), story.volume().epoch().value());
        } else {
          story.publish(node, purpose.text(), random.nextBoolean() ? since : null);
        }
      }
      case 3 ->
          story.unpublish(
              random.nextBoolean() ? node : null,
              false,
              random.nextBoolean() ? anyPurpose(random).text() : null);
      case 4 ->
          story.unpublish(null, true, random.nextBoolean() ? anyPurpose(random).text() : null);
      case 5, 6 -> story.nodeDown(node);
      case 7, 8 -> story.cluster.up(node);
      case 9 -> story.diskSick(node);
      case 10 -> story.wait(Duration.ofSeconds(random.nextInt(1200)));
      case 11 ->
          story.command(new VolumeRequest.Expand(VolumeStory.SIZE * (1 + random.nextInt(50))));
      case 12 ->
          story.command(
              new VolumeRequest.SetReplicaCount(
                  random.nextInt(5), random.nextBoolean() ? null : new NodeId(node)));
      case 13 -> {
        if (random.nextInt(20) == 0) {
          story.command(new VolumeRequest.Delete());
        }
      }
      case 14 -> {
        SnapshotKey key =
            story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1", "r2@n2");
        story.command(new VolumeRequest.Restore(key.setId(), key.snapshotId()));
      }
      case 15 -> story.command(new VolumeRequest.SnapshotDetached("set-2", "set-2-" + node));
      case 16, 17 -> endTask(story, random, node);
      case 18, 19 -> {
        Publication last = story.volume().attachment().publication();
        Purpose purpose = random.nextInt(4) > 0 ? last.purpose() : PURPOSES.get(1);
        if (!purpose.isOrdinary()) {
          long epoch = Math.max(0, last.epoch().value() - random.nextInt(2));
          story.giveBackWhole(node, purpose.text(), epoch);
        }
      }
      default -> report(story, random, node);
    }
  }

  private static Purpose anyPurpose(Random random) {
    return PURPOSES.get(random.nextInt(PURPOSES.size()));
  }

  private static void endTask(VolumeStory story, Random random, String anyNode) {
    HeadTask task = story.volume().task();
    String id = task == null || random.nextInt(5) == 0 ? "task-of-old" : task.id();
    String holder = holder(story.volume()).map(NodeId::value).orElse(anyNode);
    story.report(
        random.nextInt(10) == 0 ? anyNode : holder,
        random.nextInt(3) > 0
            ? new AgentReport.TaskDone(id, 1)
            : new AgentReport.TaskFailed(id, "SNP-060", "test"));
  }

  private static void report(VolumeStory story, Random random, String anyNode) {
    Volume volume = story.volume();
    List<Replica> members = volume.replicas().members();
    Replica replica = members.get(random.nextInt(members.size()));
    String holder = holder(volume).map(NodeId::value).orElse(anyNode);
    AgentReport report =
        switch (random.nextInt(8)) {
          case 0 -> new AgentReport.ReplicaLost(replica.id(), "test");
          case 1, 2 -> new AgentReport.ReplicaCaughtUp(replica.id(), 1, 1);
          case 3, 4 -> new AgentReport.ReplicaFenced(replica.id(), volume.epoch());
          case 5 -> new AgentReport.ReplicaRemoved(replica.id());
          case 6 ->
              random.nextInt(5) == 0
                  ? new AgentReport.ReplicaUnusable(replica.id(), "REP-001", "test")
                  : new AgentReport.HeadServing();
          default -> new AgentReport.HeadDetached();
        };
    String from = reporter(report, replica, holder);
    boolean outdated = random.nextInt(5) == 0;
    story.report(
        random.nextInt(10) == 0 ? anyNode : from,
        volume.epoch().value() - (outdated ? 1 : 0),
        volume.generation().value() - (random.nextInt(5) == 0 ? 1 : 0),
        report);
  }

  private static String reporter(AgentReport report, Replica replica, String holder) {
    return switch (report) {
      case AgentReport.ReplicaFenced _,
          AgentReport.ReplicaRemoved _,
          AgentReport.ReplicaUnusable _ ->
          replica.node().value();
      case AgentReport.ReplicaLost _,
          AgentReport.ReplicaCaughtUp _,
          AgentReport.HeadServing _,
          AgentReport.HeadAttached _,
          AgentReport.HeadDetached _,
          AgentReport.HeadFenced _,
          AgentReport.TaskDone _,
          AgentReport.TaskFailed _,
          AgentReport.VolumeGrown _,
          AgentReport.VolumeMounted _ ->
          holder;
    };
  }
}
