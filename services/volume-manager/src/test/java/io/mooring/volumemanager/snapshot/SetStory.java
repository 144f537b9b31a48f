package io.mooring.volumemanager.snapshot;

import io.mooring.volumemanager.snapshot.SnapshotInput.Said;
import io.mooring.volumemanager.volume.Cause;
import io.mooring.volumemanager.volume.NodeId;
import io.mooring.volumemanager.volume.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Drives sets through inputs and remembers what was decided last. */
final class SetStory {

  static final SnapshotSetId ID = SnapshotSetId.ofName("nightly");
  private static final long SIZE = 1L << 26;

  final FakeVolumes volumes = new FakeVolumes();
  private final SnapshotDecider decider = new SnapshotDecider(volumes);
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private @Nullable SnapshotDecision last;
  private int commands;

  /** Two attached volumes, a and b, of which a set is to be taken. */
  static SetStory holdingTwo() {
    SetStory story = new SetStory();
    story.volumes.attached("a", 1);
    story.volumes.attached("b", 1);
    return story.take("a", "b");
  }

  static SetStory ready() {
    return holdingTwo().held("a", 1).held("b", 1).taken("a", 1).taken("b", 1);
  }

  Instant now() {
    return now;
  }

  Optional<SnapshotSet> found() {
    return Optional.ofNullable(volumes.sets.get(ID));
  }

  SnapshotSet set() {
    return found().orElseThrow();
  }

  SetPhase phase() {
    return set().phase();
  }

  String failure() {
    return ((SetPhase.Failed) phase()).code();
  }

  String snapshotId() {
    return set().members().getFirst().snapshotId();
  }

  List<SnapshotEffect.Fact> facts() {
    return effects().stream()
        .filter(SnapshotEffect.Announce.class::isInstance)
        .map(effect -> ((SnapshotEffect.Announce) effect).fact())
        .toList();
  }

  Stream<SnapshotEffect.AskForNode> asked() {
    return effects().stream()
        .filter(SnapshotEffect.AskForNode.class::isInstance)
        .map(SnapshotEffect.AskForNode.class::cast);
  }

  List<SnapshotEffect> effects() {
    return last == null ? List.of() : last.effects();
  }

  String rejection() {
    return ((SnapshotEffect.Fact.Rejected) facts().getFirst()).rejection().code();
  }

  SetStory take(String... names) {
    commands++;
    return take(ID, "key-" + commands, names);
  }

  SetStory take(SnapshotSetId id, String key, String... names) {
    return input(
        id,
        new SnapshotInput.Take(
            reference(key), "nightly", Stream.of(names).map(FakeVolumes::id).toList(), Map.of()));
  }

  SetStory delete() {
    commands++;
    return input(ID, new SnapshotInput.Delete(reference("key-" + commands)));
  }

  private SnapshotInput.Reference reference(String key) {
    return new SnapshotInput.Reference(cause(), key, now.plusSeconds(10), "test");
  }

  SetStory held(String volume, long epoch) {
    return said(volume, "n1", new Said.Held(epoch));
  }

  SetStory taken(String volume, long epoch) {
    return said(
        volume,
        "n1",
        new Said.Taken(epoch, SIZE, List.of(new ReplicaId("r1"), new ReplicaId("r2")), 12));
  }

  SetStory missed(String volume) {
    return said(volume, "n1", new Said.Missed("SNP-061", "the hold has ended"));
  }

  SetStory removed(String volume, String replica, String node) {
    return said(volume, node, new Said.Removed(new ReplicaId(replica)));
  }

  SetStory said(String volume, String node, Said said) {
    return said(volume, snapshotId(), node, said);
  }

  SetStory said(String volume, String snapshotId, String node, Said said) {
    return input(
        ID,
        new SnapshotInput.Report(
            cause(), FakeVolumes.id(volume), snapshotId, new NodeId(node), said));
  }

  SetStory wait(Duration time) {
    now = now.plus(time);
    return input(ID, new SnapshotInput.TimePassed());
  }

  private SetStory input(SnapshotSetId id, SnapshotInput input) {
    last = decider.decide(id, volumes.sets.get(id), input, now);
    SnapshotSet after = last.after();
    if (after == null) {
      volumes.sets.remove(id);
    } else {
      volumes.sets.put(id, after);
    }
    return this;
  }

  private static Cause cause() {
    return new Cause(UUID.randomUUID(), UUID.randomUUID());
  }
}
