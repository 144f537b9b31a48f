package io.mooring.volumemanager.volume;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.streams.StoreJson;
import java.io.IOException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

/** Volumes as an earlier version has stored them. */
class StoredVolumeTest {

  private static final Serde<Volume> STORED =
      new StoreJson(VolumePhase.class, VolumeFact.class).serde(Volume.class);

  @Test
  void whoeverHadAVolumeBeforePublicationsWereKeptCouldBeAnybody() throws IOException {
    VolumeStory story = VolumeStory.withVolume(2).publish("n1", "restore a", null);
    Volume read = readWithout(story.volume(), "/attachment", "publication");

    assertThat(read.attachment().publication()).isEqualTo(Publication.unknown(new Epoch(1)));
    assertThat(read.attachment().isPublishedFor(Purpose.ORDINARY)).isTrue();
  }

  @Test
  void whatIsStoredNowIsReadAsItWas() {
    VolumeStory story = VolumeStory.withVolume(2).publish("n1").unpublish("n1", true);
    story.publish("n2", "restore a", 1L);
    byte[] bytes = STORED.serializer().serialize("", story.volume());

    assertThat(STORED.deserializer().deserialize("", bytes)).isEqualTo(story.volume());
  }

  @Test
  void aVolumeThatIsFilledIsReadAsItWas() {
    VolumeStory story = VolumeStory.withVolume(2).publishToFill("n1", "restore a", 0);
    byte[] bytes = STORED.serializer().serialize("", story.volume());
    assertThat(STORED.deserializer().deserialize("", bytes)).isEqualTo(story.volume());
  }

  @Test
  void aVolumeThatWasStoredBeforeFillingsWereKeptIsWhole() throws IOException {
    VolumeStory story = VolumeStory.withVolume(2).publishToFill("n1", "restore a", 0);
    Volume read = readWithout(story.volume(), "/attachment", "filling");

    assertThat(read.attachment().isHalf()).isFalse();
    assertThat(read.attachment().isPublishedFor(new Purpose("restore a"))).isTrue();
  }

  @Test
  void workThatWasBegunBeforeFillingsWereKeptLeavesAHalfVolume() throws IOException {
    VolumeStory story = VolumeStory.withVolume(2);
    SnapshotKey key = story.cluster.snapshot(VolumeStory.ID, VolumeStory.SIZE, "r1@n1");
    story.command(new VolumeRequest.Restore(key.setId(), key.snapshotId()));

    Volume read = readWithout(story.volume(), "/attachment", "filling");

    assertThat(read).isEqualTo(story.volume());
    assertThat(read.attachment().isHalf()).isTrue();
  }

  @Test
  void aPublishThatWaitedBeforeFillingsWereKeptFillsNothing() throws IOException {
    VolumeStory story = VolumeStory.withVolume(2).publish("n1").unpublish("n1", true).publish("n2");
    Volume read = readWithout(story.volume(), "/attachment/phase/publishers/0", "fills");

    assertThat(read).isEqualTo(story.volume());
  }

  @Test
  void aPublishThatWaitedBeforePurposesWereKeptIsOrdinary() throws IOException {
    VolumeStory story = VolumeStory.withVolume(2).publish("n1").unpublish("n1", true).publish("n2");
    Volume read = readWithout(story.volume(), "/attachment/phase/publishers/0", "purpose");

    assertThat(read).isEqualTo(story.volume());
  }

  private static Volume readWithout(Volume volume, String place, String field) throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode stored = json.readTree(STORED.serializer().serialize("", volume));
    assertThat(((ObjectNode) stored.at(place)).remove(field)).isNotNull();
    return STORED.deserializer().deserialize("", json.writeValueAsBytes(stored));
  }
}
