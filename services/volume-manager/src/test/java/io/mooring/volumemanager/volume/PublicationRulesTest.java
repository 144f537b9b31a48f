package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who gets a volume after what happened to it. A history is written in steps: {@code o1} an
 * ordinary publish to n1, {@code a1} and {@code b1} publishes for two restores, {@code u} a clean
 * unpublish, {@code f} one by force and its promise, {@code s} a snapshot of the detached volume,
 * {@code r} its restore to one.
 */
class PublicationRulesTest {

  private static final String A = "restore a";

  /** History, node, purpose, untouched since which epoch, what becomes of it. */
  private static final String PUBLISHES =
      """
      ''          | n1 | ''        | - | given
      ''          | n1 | restore a | 0 | given
      o1          | n1 | ''        | - | has it
      o1          | n2 | ''        | - | VOL-030
      o1          | n1 | restore a | - | VOL-037
      o1          | n1 | restore a | 0 | VOL-037
      o1          | n1 | restore a | 1 | VOL-037
      o1          | n2 | restore a | 0 | VOL-037
      a1          | n1 | ''        | - | VOL-037
      a1          | n2 | ''        | - | VOL-037
      a1          | n1 | restore a | - | has it
      a1          | n1 | restore a | 0 | has it
      a1          | n2 | restore a | 0 | VOL-030
      a1          | n1 | restore b | 0 | VOL-037
      a1          | n2 | restore b | 1 | VOL-037
      o1 u        | n1 | ''        | - | given
      o1 u        | n1 | restore a | - | given
      o1 u        | n1 | restore a | 0 | VOL-038
      o1 u        | n1 | restore a | 1 | given
      o1 u        | n1 | ''        | 0 | VOL-038
      a1 u        | n1 | ''        | - | given
      a1 u        | n1 | restore a | 0 | given
      a1 u        | n2 | restore a | 0 | given
      a1 u        | n1 | restore b | 0 | VOL-038
      a1 u        | n1 | restore b | 1 | given
      a1 u a1 u   | n1 | restore a | 0 | given
      a1 u o1 u   | n1 | restore a | 0 | VOL-038
      a1 u o1 u   | n1 | restore a | 1 | VOL-038
      a1 u o1 u   | n1 | restore a | 2 | given
      o1 u a1     | n1 | restore a | 0 | VOL-038
      o1 u a1     | n1 | restore a | 1 | has it
      o1 u a1 u   | n1 | restore a | 0 | VOL-038
      o1 u a1 u   | n1 | restore a | 1 | given
      a1 u o1 u a1 u | n1 | restore a | 1 | VOL-038
      a1 u b1 u   | n1 | restore a | 0 | VOL-038
      a1 f        | n2 | restore a | 0 | given
      a1 f        | n2 | restore b | 0 | VOL-038
      a1 f        | n2 | restore b | 1 | given
      o1 f        | n2 | restore a | 0 | VOL-038
      o1 f        | n2 | restore a | 1 | given
      s           | n1 | restore a | 0 | given
      a1 u s      | n1 | restore a | 0 | given
      o1 u s      | n1 | restore a | 0 | VOL-038
      r           | n1 | restore a | 0 | VOL-038
      r           | n1 | restore a | 1 | given
      o1 u        | n1 | restore a | 9 | VOL-038
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", textBlock = PUBLISHES)
  void aVolumeIsGivenOrRefused(
      String history, String node, String purpose, @Nullable Long untouchedSince, String outcome) {
    VolumeStory story = after(history);
    Attachment before = story.volume().attachment();

    story.publish(node, purpose, untouchedSince);

    assertThat(outcome(story)).isEqualTo(outcome);
    Attachment now = story.volume().attachment();
    if (outcome.equals("given")) {
      assertThat(now.phase()).isEqualTo(VolumePhase.Published.to(new NodeId(node)));
      assertThat(now.epoch()).isEqualTo(before.epoch().next());
      assertThat(now.publication().epoch()).isEqualTo(now.epoch());
      assertThat(now.publication().purpose()).isEqualTo(new Purpose(purpose));
    } else {
      assertThat(now).isEqualTo(before);
    }
  }

  private static String outcome(VolumeStory story) {
    return switch (story.fact()) {
      case VolumeFact.Published _ -> "given";
      case VolumeFact.Accepted _ -> "has it";
      case VolumeFact.Rejected rejected -> rejected.rejection().code();
      default -> story.fact().toString();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          o1   | n1 | false | -         | taken
          o1   | n1 | false | ''        | taken
          o1   | n1 | false | restore a | left
          o1   | n1 | true  | -         | fenced
          o1   | n1 | true  | ''        | fenced
          o1   | n1 | true  | restore a | VOL-037
          o1   | n2 | true  | restore a | VOL-037
          o1   | -  | true  | restore a | VOL-037
          a1   | n1 | false | -         | taken
          a1   | n1 | false | ''        | left
          a1   | n1 | false | restore b | left
          a1   | n1 | false | restore a | taken
          a1   | n2 | false | restore a | left
          a1   | n1 | true  | -         | fenced
          a1   | n1 | true  | ''        | VOL-037
          a1   | n1 | true  | restore b | VOL-037
          a1   | n1 | true  | restore a | fenced
          a1   | n2 | true  | restore a | left
          a1 u | n1 | true  | restore a | left
          o1 u | n1 | true  | restore a | left
          """)
  void aVolumeIsTakenBackOnlyFromWhomItWasGivenFor(
      String history,
      @Nullable String node,
      boolean force,
      @Nullable String purpose,
      String outcome) {
    VolumeStory story = after(history);
    Attachment before = story.volume().attachment();

    story.unpublish(node, force, purpose);

    Attachment now = story.volume().attachment();
    switch (outcome) {
      case "taken" -> assertThat(now).isEqualTo(before.in(new VolumePhase.Detached()));
      case "fenced" -> {
        assertThat(now.phase()).isInstanceOf(VolumePhase.Fencing.class);
        assertThat(now.publication()).isEqualTo(before.publication());
      }
      case "left" -> {
        assertThat(story.fact()).isInstanceOf(VolumeFact.Accepted.class);
        assertThat(now).isEqualTo(before);
      }
      default -> {
        assertThat(story.rejection()).isEqualTo(outcome);
        assertThat(now).isEqualTo(before);
      }
    }
  }

  @Test
  void whoHadAVolumeLastIsRememberedWhenItIsGivenBackAndFenced() {
    VolumeStory story = after("o1 u a1 u");
    assertThat(story.volume().attachment().publication())
        .isEqualTo(new Publication(new Epoch(2), new Purpose(A), new Epoch(1)));

    story.publish("n1", A, null).unpublish("n1", true).promise("r2", "n2");
    assertThat(story.volume().epoch()).isEqualTo(new Epoch(4));
    assertThat(story.volume().attachment().publication())
        .isEqualTo(new Publication(new Epoch(3), new Purpose(A), new Epoch(1)));
  }

  @Test
  void aReplicaThatIsDroppedDoesNotTouchAVolume() {
    VolumeStory story = after("a1");
    story.report("n1", new AgentReport.ReplicaLost(new ReplicaId("r2"), "gone"));

    assertThat(outcome(story.publish("n1", A, 0L))).isEqualTo("has it");
  }

  @Test
  void theConditionIsComparedWhenFencingHasEnded() {
    VolumeStory story = after("o1").unpublish("n1", true);
    story.publish("n2", A, 0L);
    assertThat(story.facts()).isEmpty();

    story.promise("r2", "n2");

    assertThat(rejections(story)).containsExactly("VOL-038");
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());
  }

  @Test
  void whoWaitsBehindSomebodyElseIsRefused() {
    VolumeStory story = after("a1").unpublish("n1", true);
    story.publish("n2").publish("n2", A, 0L);

    story.promise("r2", "n2");

    assertThat(rejections(story)).containsExactly("VOL-037");
    assertThat(story.volume().attachment().isPublishedFor(Purpose.ORDINARY)).isTrue();
  }

  @Test
  void theConditionIsComparedWhenASnapshotHasEnded() {
    VolumeStory story = after("");
    story.command(new VolumeRequest.SnapshotDetached("set-2", "set-2-0"));
    story.publish("n2", A, 0L).publish("n1");

    done(story);

    assertThat(rejections(story)).containsExactly("VOL-037");
    assertThat(story.volume().attachment().isPublishedFor(new Purpose(A))).isTrue();
  }

  @Test
  void aSnapshotThatIsUnderWayIsNotTakenByForceForARestore() {
    VolumeStory story = after("a1 u");
    story.command(new VolumeRequest.SnapshotDetached("set-2", "set-2-0"));
    Attachment before = story.volume().attachment();
    assertThat(before.isPublishedFor(new Purpose(A))).isFalse();

    assertThat(story.unpublish("n1", true, A).rejection()).isEqualTo("VOL-070");
    assertThat(story.volume().attachment()).isEqualTo(before);
    assertThat(story.unpublish("n1", false, A).fact()).isInstanceOf(VolumeFact.Accepted.class);
    assertThat(story.volume().attachment()).isEqualTo(before);
  }

  @Test
  void workThatWaitsForANodeIsNotGivenUpForARestore() {
    VolumeStory story = VolumeStory.withVolume(2);
    SnapshotKey key = story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1");
    story.command(new VolumeRequest.Restore(key.setId(), key.snapshotId()));
    story.report("n1", new AgentReport.TaskFailed(task(story).id(), "SNP-060", "test"));
    assertThat(story.volume().phase()).isEqualTo(new VolumePhase.Detached());

    assertThat(story.unpublish("n1", true, A).fact()).isInstanceOf(VolumeFact.Accepted.class);

    assertThat(task(story).snapshot()).isEqualTo(key);
    assertThat(story.publish("n1", A, 0L).rejection()).isEqualTo("VOL-070");
  }

  @Test
  void aRefusalNamesBothPurposes() {
    VolumeStory story = after("a1").publish("n2");
    assertThat(((VolumeFact.Rejected) story.fact()).rejection().what())
        .isEqualTo(
            "Volume 'data' is published to node n1 for 'restore a', and was asked for for ordinary"
                + " use.");
  }

  @Test
  void aPurposeIsAShortLine() {
    assertThat(new Purpose("x".repeat(128)).isOrdinary()).isFalse();
    assertThatThrownBy(() -> new Purpose("x".repeat(129)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Purpose("two\nlines"))
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
      switch (step) {
        case "o1" -> story.publish("n1");
        case "a1" -> story.publish("n1", A, null);
        case "b1" -> story.publish("n1", "restore b", null);
        case "u" -> story.unpublish("n1", false);
        case "f" -> story.unpublish("n1", true).promise("r2", "n2");
        case "s" -> {
          story.command(new VolumeRequest.SnapshotDetached("set-2", "set-2-0"));
          done(story);
        }
        case "r" -> {
          SnapshotKey key = story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1");
          story.command(new VolumeRequest.Restore(key.setId(), key.snapshotId()));
          done(story);
        }
        default -> throw new IllegalArgumentException(step);
      }
    }
    return story;
  }

  private static HeadTask task(VolumeStory story) {
    return Objects.requireNonNull(story.volume().task());
  }

  private static void done(VolumeStory story) {
    story.report("n1", new AgentReport.TaskDone(task(story).id(), 1));
  }
}
