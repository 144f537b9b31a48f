package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who gets a volume that somebody fills, and when it is whole. A history is written in steps:
 * {@code F} and {@code G} publishes to fill it for two restores, {@code P} one for the first that
 * does not say so, {@code o} an ordinary one, {@code u} it is given back and nothing is said,
 * {@code w1} it is given back as filled under epoch 1, {@code f} it is taken by force, with its
 * promise.
 */
class FillingTest {

  private static final String A = "restore a";
  private static final String B = "restore b";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          ''         | -         | 0 | false
          o u        | -         | 0 | false
          F          | restore a | 1 | false
          F F        | restore a | 1 | false
          F u        | restore a | 1 | false
          F f        | restore a | 1 | false
          F w1       | restore a | 1 | true
          F w2       | restore a | 1 | false
          F w0       | restore a | 1 | false
          F f w1     | restore a | 1 | true
          F u w1     | restore a | 1 | true
          F u F      | restore a | 2 | false
          F u F w1   | restore a | 2 | false
          F u F w2   | restore a | 2 | true
          F w1 F     | restore a | 2 | false
          F u G      | restore b | 2 | false
          F u G w2   | restore b | 2 | false
          P          | -         | 0 | false
          P F        | restore a | 1 | false
          P F w1     | restore a | 1 | true
          P w1       | -         | 0 | false
          F w1 o u   | restore a | 1 | true
          F w1 o w2  | restore a | 1 | true
          """)
  void aVolumeIsHalfUntilWhoFillsItSaysThatItIsWhole(
      String history, @Nullable String purpose, long epoch, boolean whole) {
    Filling filling = after(history).volume().attachment().filling();

    assertThat(filling)
        .isEqualTo(
            purpose == null ? null : new Filling(new Purpose(purpose), new Epoch(epoch), whole));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          F u    | ordinary | VOL-039
          F f    | ordinary | VOL-039
          F u    | a        | VOL-039
          F u    | b        | VOL-039
          F u    | fill a   | given
          F u    | fill b   | given
          F      | ordinary | VOL-037
          F      | a        | VOL-039
          F      | fill a   | has it
          F      | fill b   | VOL-037
          F u    | snapshot | VOL-039
          F u    | expand   | done
          F u    | delete   | done
          F w1   | ordinary | given
          F w1   | snapshot | done
          F w1 o | fill a   | VOL-037
          """)
  void whatIsHalfIsGivenOnlyToWhoFillsIt(String history, String request, String outcome) {
    VolumeStory story = after(history);
    boolean wasHalf = story.volume().attachment().isHalf();
    long epoch = story.volume().epoch().value();

    switch (request) {
      case "ordinary" -> story.publish("n1");
      case "a" -> story.publish("n1", A, null);
      case "b" -> story.publish("n1", B, null);
      case "fill a" -> story.publishToFill("n1", A, epoch);
      case "fill b" -> story.publishToFill("n1", B, epoch);
      case "snapshot" -> story.command(new VolumeRequest.SnapshotDetached("set-2", "set-2-0"));
      case "expand" -> story.command(new VolumeRequest.Expand(2 * VolumeStory.SIZE));
      case "delete" -> story.command(new VolumeRequest.Delete());
      default -> throw new IllegalArgumentException(request);
    }

    assertThat(outcome(story, request)).isEqualTo(outcome);
    assertThat(story.volume().attachment().isHalf())
        .isEqualTo(wasHalf || outcome.equals("given") && request.startsWith("fill"));
  }

  private static String outcome(VolumeStory story, String request) {
    return switch (story.facts().getFirst()) {
      case VolumeFact.Published _ -> "given";
      case VolumeFact.Accepted _ -> request.startsWith("fill") ? "has it" : "done";
      case VolumeFact.Expanded _ -> "done";
      case VolumeFact.Rejected rejected -> rejected.rejection().code();
      default -> story.facts().toString();
    };
  }

  @Test
  void anotherRestoreGetsItOnlyIfItIsUntouched() {
    assertThat(after("o u F u").publishToFill("n1", B, 1).rejection()).isEqualTo("VOL-038");
    assertThat(after("o u F u").publishToFill("n1", B, 2).fact())
        .isInstanceOf(VolumeFact.Published.class);
  }

  @Test
  void whoWaitsBehindFencingGetsNothingHalf() {
    VolumeStory story = after("F").unpublish("n1", true);
    story.publish("n2").publishToFill("n2", A, 0);

    story.promise("r2", "n2");

    assertThat(rejections(story)).containsExactly("VOL-039");
    assertThat(story.volume().attachment().isPublishedFor(new Purpose(A))).isTrue();
    assertThat(story.volume().attachment().filling())
        .isEqualTo(Filling.half(new Purpose(A), new Epoch(3)));
  }

  @Test
  void whatIsSaidOfAnEarlierEpochEndsNoPublication() {
    VolumeStory story = after("F u F");

    assertThat(story.giveBackWhole("n1", A, 1).fact()).isInstanceOf(VolumeFact.Accepted.class);

    assertThat(story.volume().attachment().isPublishedFor(new Purpose(A))).isTrue();
  }

  @Test
  void aVolumeIsWholeBeforeItsHeadIsClosed() {
    VolumeStory story = after("F");
    story.report("n1", new AgentReport.HeadServing());

    story.giveBackWhole("n1", A, 1);
    assertThat(story.volume().attachment().isHalf()).isFalse();
    assertThat(story.last().statePublished()).isTrue();
    story.report("n1", new AgentReport.HeadDetached());

    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
    assertThat(story.volume().attachment().isHalf()).isFalse();
  }

  @Test
  void aVolumeThatIsMadeToBeFilledIsHalfFromTheBeginning() {
    VolumeStory story = new VolumeStory("n1", "n2");
    made(story);
    assertThat(story.publish("n1").rejection()).isEqualTo("VOL-039");
    assertThat(story.volume().attachment().filling())
        .isEqualTo(Filling.half(new Purpose(A), new Epoch(0)));

    assertThat(made(story).fact()).isInstanceOf(VolumeFact.Accepted.class);
    story.publishToFill("n1", A, 0).giveBackWhole("n1", A, 1);
    assertThat(made(story).fact()).isInstanceOf(VolumeFact.Accepted.class);

    assertThat(story.volume().attachment().isHalf()).isFalse();
    assertThat(story.publish("n1").fact()).isInstanceOf(VolumeFact.Published.class);
  }

  private static VolumeStory made(VolumeStory story) {
    return story.command(
        new VolumeRequest.Create(
            VolumeStory.NAME, VolumeStory.SIZE, Map.of("repl", "2"), null, null, new Purpose(A)));
  }

  @Test
  void aRestoreToASnapshotThatIsGivenUpLeavesAHalfVolume() {
    VolumeStory story = VolumeStory.withVolume(2);
    SnapshotKey key = story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1", "r2@n2");
    VolumeRequest restore = new VolumeRequest.Restore(key.setId(), key.snapshotId());
    story.command(restore);
    assertThat(story.volume().attachment().filling())
        .isEqualTo(Filling.half(new Purpose("restore to set set-1"), new Epoch(1)));
    story.unpublish("n1", true).promise("r2", "n2");

    assertThat(story.publish("n2").rejection()).isEqualTo("VOL-039");

    story.command(restore);
    HeadTask task = Objects.requireNonNull(story.volume().task());
    story.report("n1", new AgentReport.TaskDone(task.id(), 1));
    assertThat(story.publish("n2").fact()).isInstanceOf(VolumeFact.Published.class);
  }

  @Test
  void aCloneThatIsGivenUpIsHalf() {
    VolumeStory story = new VolumeStory("n1", "n2", "n3");
    VolumeId source = VolumeId.ofName("source");
    story.cluster.snapshot(source, VolumeStory.SIZE, "r1@n2");
    story.command(
        new VolumeRequest.Create(
            VolumeStory.NAME, 0, Map.of(), null, new VolumeRequest.Source("set-1", source)));
    assertThat(story.volume().attachment().isHalf()).isTrue();

    story.unpublish(null, true);

    assertThat(story.volume().task()).isNull();
    assertThat(story.publish("n1").rejection()).isEqualTo("VOL-039");
  }

  @Test
  void whoFillsOrHasFilledSaysWhatFor() {
    assertThatThrownBy(
            () -> new VolumeRequest.Publish(new NodeId("n1"), Purpose.ORDINARY, null, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new VolumeRequest.Unpublish(null, false, null, new Epoch(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new VolumeRequest.Unpublish(null, false, Purpose.ORDINARY, new Epoch(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> rejections(VolumeStory story) {
    return story.facts().stream()
        .filter(VolumeFact.Rejected.class::isInstance)
        .map(fact -> ((VolumeFact.Rejected) fact).rejection().code())
        .toList();
  }

  private static VolumeStory after(String history) {
    VolumeStory story = VolumeStory.withVolume(2);
    for (String step : history.isEmpty() ? new String[0] : history.split(" ")) {
      switch (step.charAt(0)) {
        case 'o' -> story.publish("n1");
        case 'F' -> story.publishToFill("n1", A, story.volume().epoch().value());
        case 'P' -> story.publish("n1", A, null);
        case 'G' -> story.publishToFill("n1", B, story.volume().epoch().value());
        case 'u' -> story.unpublish("n1", false);
        case 'f' -> story.unpublish("n1", true).promise("r2", "n2");
        case 'w' -> story.giveBackWhole("n1", A, Long.parseLong(step.substring(1)));
        default -> throw new IllegalArgumentException(step);
      }
    }
    return story;
  }
}
