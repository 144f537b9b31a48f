package io.mooring.volumemanager.volume;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Drives one volume through inputs and remembers what it decided last. */
final class VolumeStory {

  static final Duration REPLACE_AFTER = Duration.ofMinutes(10);
  static final String NAME = "data";
  static final VolumeId ID = VolumeId.ofName(NAME);
  static final long SIZE = 64L << 20;

  final FakeCluster cluster;
  private final VolumeDecider decider;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private @Nullable Volume volume;
  private @Nullable Decision last;
  private int commands;
  private @Nullable VolumeRequest asked;

  VolumeStory(String... nodes) {
    this.cluster = new FakeCluster(nodes);
    this.decider = new VolumeDecider(cluster, REPLACE_AFTER);
  }

  /** A detached volume with that many replicas on nodes n1, n2, … of four. */
  static VolumeStory withVolume(int repl) {
    VolumeStory story = new VolumeStory("n1", "n2", "n3", "n4");
    story.create(Map.of("repl", Integer.toString(repl)));
    return story;
  }

  /** A volume with that many replicas, published to n1, its head open. */
  static VolumeStory withOpenVolume(int repl) {
    VolumeStory story = withVolume(repl);
    story.publish("n1");
    story.report("n1", new AgentReport.HeadServing());
    return story;
  }

  Volume volume() {
    return Objects.requireNonNull(volume, "no volume");
  }

  boolean exists() {
    return volume != null;
  }

  Decision last() {
    return Objects.requireNonNull(last, "nothing decided");
  }

  List<VolumeFact> facts() {
    return last().announcements().stream().map(Announcement::fact).toList();
  }

  VolumeFact fact() {
    List<VolumeFact> facts = facts();
    if (facts.size() != 1) {
      throw new AssertionError("expected one fact, got " + facts);
    }
    return facts.getFirst();
  }

  /** The request that was decided last; null if it was no request. */
  @Nullable VolumeRequest asked() {
    return asked;
  }

  String rejection() {
    return ((VolumeFact.Rejected) fact()).rejection().code();
  }

  Instant now() {
    return now;
  }

  VolumeStory create(Map<String, String> parameters) {
    return command(new VolumeRequest.Create(NAME, SIZE, parameters, null));
  }

  VolumeStory publish(String node) {
    return command(new VolumeRequest.Publish(new NodeId(node)));
  }

  /**
   * @param untouchedSince null for no condition
   */
  VolumeStory publish(String node, String purpose, @Nullable Long untouchedSince) {
    return command(
        new VolumeRequest.Publish(
            new NodeId(node),
            new Purpose(purpose),
            untouchedSince == null ? null : new Epoch(untouchedSince),
            false));
  }

  /** As a restore does. */
  VolumeStory publishToFill(String node, String purpose, long untouchedSince) {
    return command(
        new VolumeRequest.Publish(
            new NodeId(node), new Purpose(purpose), new Epoch(untouchedSince), true));
  }

  /** As a restore does that has filled it under this epoch. */
  VolumeStory giveBackWhole(String node, String purpose, long epoch) {
    return command(
        new VolumeRequest.Unpublish(
            new NodeId(node), false, new Purpose(purpose), new Epoch(epoch)));
  }

  VolumeStory unpublish(@Nullable String node, boolean force) {
    return unpublish(node, force, null);
  }

  /**
   * @param purpose null for whatever it is published for
   */
  VolumeStory unpublish(@Nullable String node, boolean force, @Nullable String purpose) {
    return command(
        new VolumeRequest.Unpublish(
            node == null ? null : new NodeId(node),
            force,
            purpose == null ? null : new Purpose(purpose),
            null));
  }

  VolumeStory command(VolumeRequest request) {
    commands++;
    return command(request, "key-" + commands, Duration.ofSeconds(10));
  }

  VolumeStory command(VolumeRequest request, String key, Duration patience) {
    CommandReference reference = new CommandReference(ID, cause(), key, now.plus(patience));
    return input(new VolumeInput.Command(reference, request));
  }

  /** A report with the current epoch and generation. */
  VolumeStory report(String node, AgentReport report) {
    return report(node, volume().epoch().value(), volume().generation().value(), report);
  }

  VolumeStory report(String node, long epoch, long generation, AgentReport report) {
    return input(
        new VolumeInput.Report(
            cause(), new NodeId(node), new Epoch(epoch), new Generation(generation), report));
  }

  VolumeStory nodeDown(String node) {
    cluster.down(node, now);
    return input(
        new VolumeInput.Judgement(cause(), new Verdict.NodeDown(new NodeId(node), "silent")));
  }

  VolumeStory diskSick(String node) {
    cluster.sick(node, now);
    return input(
        new VolumeInput.Judgement(
            cause(), new Verdict.DiskSick(FakeCluster.pool(node), "canary failed")));
  }

  /** A replica promises the current epoch. */
  VolumeStory promise(String replica, String node) {
    return report(node, new AgentReport.ReplicaFenced(new ReplicaId(replica), volume().epoch()));
  }

  VolumeStory wait(Duration time) {
    now = now.plus(time);
    return input(new VolumeInput.TimePassed());
  }

  VolumeStory input(VolumeInput input) {
    asked = input instanceof VolumeInput.Command command ? command.request() : null;
    last = decider.decide(volume, input, now);
    volume = last.after();
    return this;
  }

  String role(String replica) {
    return volume()
        .replicas()
        .find(new ReplicaId(replica))
        .map(found -> found.role().name())
        .orElse("none");
  }

  private static Cause cause() {
    return new Cause(UUID.randomUUID(), UUID.randomUUID());
  }
}
