package io.mooring.migrator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.migrator.outside.OutsideException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims and their volumes from one cluster to another one. */
class KubernetesVolumesIT {

  @TempDir private Path folder;
  private TwoClusters clusters;
  private FakeCluster source;
  private FakeCluster target;

  @BeforeEach
  void start() throws IOException {
    clusters = new TwoClusters(folder);
    source = clusters.source();
    target = clusters.target();
  }

  @AfterEach
  void stop() throws IOException {
    clusters.close();
  }

  @Test
  void aPersistentVolumeIsOfTheVolumeOfItsNameHereAndForItsClaimAlone() throws IOException {
    assertThat(clusters.list())
        .filteredOn(object -> object.name().equals("pv-data-broker-1"))
        .singleElement()
        .extracting(ApplicationObject::manifest)
        .asString()
        .contains("\"volumeHandle\":\"pvc-data-broker-1\"");
    clusters.move("kafka-dr", false);
    ObjectNode volume = target.get(Kinds.VOLUME, "", "pv-data-broker-1");
    assertThat(volume.at("/spec/csi/volumeHandle").asText())
        .isEqualTo(clusters.there().find("pvc-data-broker-1").orElseThrow().id());
    assertThat(volume.at("/spec/csi/volumeAttributes").toString()).isEqualTo("{\"fs\":\"ext4\"}");
    assertThat(volume.at("/spec/claimRef").toString())
        .isEqualTo(
            "{\"kind\":\"PersistentVolumeClaim\",\"namespace\":\"kafka-dr\",\"name\":\"data-broker-1\"}");
    assertThat(volume.at("/spec/persistentVolumeReclaimPolicy").asText()).isEqualTo("Retain");
    assertThat(Fields.annotation(volume, VolumeBindings.RECLAIM_BEFORE)).isEqualTo("Delete");
    assertThat(volume.at("/spec").has("nodeAffinity")).isFalse();
    ObjectNode claim = target.get(Kinds.CLAIM, "kafka-dr", "data-broker-1");
    assertThat(claim.at("/spec/volumeName").asText()).isEqualTo("pv-data-broker-1");
    assertThat(claim.path("metadata").has("annotations")).isTrue();
    assertThat(claim.toString()).doesNotContain("selected-node");
  }

  @Test
  void dataThatWouldBeMissingIsToldAndOnlyLeftBehindIfSomebodySaidSo() throws IOException {
    source.claim("kafka", "nfs", "share", "nfs.csi.k8s.io");
    assertThatThrownBy(() -> clusters.list())
        .hasMessageStartingWith("MIG-152 The data of claim 'nfs'")
        .hasMessageContaining("is not one of csi.mooring.io")
        .isInstanceOfSatisfying(
            OutsideException.class, failure -> assertThat(failure.isFinal()).isTrue());
    ObjectNode claim = source.get(Kinds.CLAIM, "kafka", "nfs");
    Fields.annotate(claim, VolumeBindings.LEFT_BEHIND, "true");
    source.put(claim);
    assertThat(clusters.list()).extracting(ApplicationObject::name).doesNotContain("nfs", "pv-nfs");
  }

  @Test
  void aVolumeThatWasNotMovedIsNeverReplacedByAnEmptyOne() throws IOException {
    clusters.there().remove("pvc-data-broker-1");
    assertThatThrownBy(() -> clusters.move("kafka", false))
        .hasMessageStartingWith("MIG-153 PersistentVolume 'pv-data-broker-1'")
        .hasMessageContaining("no volume 'pvc-data-broker-1' here");
    assertThat(target.find(Kinds.CLAIM, "kafka", "data-broker-1")).isEmpty();
  }

  @Test
  void aPersistentVolumeOfAnotherVolumeOrClaimIsLeftAlone() throws IOException {
    target.claim("kafka", "data-broker-0", "another", TwoClusters.DRIVER);
    assertThatThrownBy(() -> clusters.move("kafka", false))
        .hasMessageContaining("MIG-153")
        .hasMessageContaining("with volume 'another'");
    ObjectNode volume = target.get(Kinds.VOLUME, "", "pv-data-broker-0");
    assertThat(volume.at("/spec/csi/volumeHandle").asText()).isEqualTo("another");
  }

  @Test
  void aClaimThatHasAnotherVolumeIsLeftAlone() throws IOException {
    target.put(
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-broker-0, namespace: kafka}, spec: {volumeName: other}}");
    assertThatThrownBy(() -> clusters.move("kafka", false))
        .hasMessageStartingWith("MIG-153 PersistentVolumeClaim 'data-broker-0'")
        .hasMessageContaining("with persistent volume 'other'");
  }

  @Test
  void aVolumeWhoseClaimWasDeletedWaitsForTheNewOne() throws IOException {
    clusters.move("kafka", false);
    ObjectNode released = target.get(Kinds.VOLUME, "", "pv-data-broker-0");
    released.withObject("/spec").withObject("/claimRef").put("uid", "of the old claim");
    released.withObject("/status").put("phase", "Released");
    target.put(released);
    target.delete(Kinds.CLAIM, "kafka", "data-broker-0");
    clusters.move("kafka", false);
    assertThat(target.get(Kinds.VOLUME, "", "pv-data-broker-0").at("/spec/claimRef").has("uid"))
        .isFalse();
    assertThat(target.find(Kinds.CLAIM, "kafka", "data-broker-0")).isPresent();
  }

  @Test
  void aClaimGrowsWithItsVolumeAndNeverShrinks() throws IOException {
    clusters.move("kafka", false);
    grow(source, "2Gi");
    clusters.move("kafka", false);
    assertThat(size(target)).isEqualTo("2Gi");
    grow(target, "3072Mi");
    clusters.move("kafka", false);
    assertThat(size(target)).isEqualTo("3072Mi");
  }

  private static void grow(FakeCluster cluster, String size) {
    ObjectNode claim = cluster.get(Kinds.CLAIM, "kafka", "data-broker-0");
    claim.withObject("/spec").withObject("/resources").withObject("/requests").put("storage", size);
    cluster.put(claim);
  }

  private static String size(FakeCluster cluster) {
    return cluster
        .get(Kinds.CLAIM, "kafka", "data-broker-0")
        .at("/spec/resources/requests/storage")
        .asText();
  }
}
