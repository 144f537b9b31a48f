package io.mooring.migrator.objects;

import static io.mooring.migrator.objects.Manifests.names;
import static io.mooring.migrator.objects.Manifests.object;
import static io.mooring.migrator.objects.Manifests.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurgeTest {

  private static final MigrationSpec SPEC =
      spec("{'namespaces':['a','b'],'namespaceMapping':{'a':'x'},'purgeDeleted':true}");

  private final List<ApplicationObject> there = new ArrayList<>();

  @Test
  void whatWasBroughtAndIsGoneIsDeletedFromTheLastToTheFirst() throws Exception {
    brought(object("ConfigMap", "gone", "{}"));
    brought(object("StatefulSet", "stopped", "{'spec':{'replicas':0}}"));

    Purge purge = purge(SPEC, "a", object("Service", "kept", "{}"));

    assertThat(names(purge.deleted())).containsExactly("StatefulSet/stopped", "ConfigMap/gone");
    assertThat(purge.deleted()).extracting(ApplicationObject::namespace).containsOnly("x");
    assertThat(purge.left()).isEmpty();
  }

  @Test
  void whatIsInTheBackupStays() throws Exception {
    ApplicationObject object = object("ConfigMap", "c", "{}");
    brought(object);
    assertThat(purge(SPEC, "a", object).deleted()).isEmpty();
  }

  @Test
  void whatNoMigrationBroughtIsNeverDeleted() throws Exception {
    there.add(object("ConfigMap", "x", "theirs", "{}"));
    MigrationSpec other = spec("{'namespaces':['a','b'],'namespaceMapping':{'a':'x'}}");
    other.setOrigin("pair/another");
    there.addAll(new ObjectChange(other).of(List.of(object("ConfigMap", "others", "{}"))));

    Purge purge = purge(SPEC, "a", object("Service", "kept", "{}"));
    assertThat(purge.deleted()).isEmpty();
    assertThat(purge.left()).isEmpty();
  }

  @Test
  void aCopyOfWhatWasBroughtIsItsMakersOwn() throws Exception {
    ApplicationObject put =
        new ObjectChange(SPEC).of(List.of(object("ConfigMap", "c", "{}"))).getFirst();
    there.add(new ApplicationObject("ConfigMap", "x", "copy", put.manifest()));
    assertThat(purge(SPEC, "a", object("Service", "kept", "{}")).deleted()).isEmpty();
  }

  @Test
  void whatCameFromAnotherNamespaceIsNotOfThisOne() throws Exception {
    brought(object("ConfigMap", "c", "{}"));
    ApplicationObject moved = there.removeFirst();
    there.add(new ApplicationObject("ConfigMap", "b", "c", moved.manifest()));
    assertThat(purge(SPEC, "b", object("Service", "b", "kept", "{}")).deleted()).isEmpty();
  }

  @Test
  void aNamespaceThatIsGoneOnTheSourceIsNotEmptiedOnTheTarget() throws Exception {
    brought(object("ConfigMap", "c", "{}"));
    assertThat(purge(SPEC, "a", object("Service", "b", "other", "{}")).deleted()).isEmpty();
  }

  @Test
  void whoRestoresByHandDeletesNothing() throws Exception {
    brought(object("ConfigMap", "c", "{}"));
    MigrationSpec byHand = MigrationSpec.newBuilder(SPEC).setOrigin("").build();
    there.add(
        object(
            "ConfigMap",
            "x",
            "d",
            "{'metadata':{'annotations':{'mooring.io/migrated-from':'a/ConfigMap/d'}}}"));
    assertThat(purge(byHand, "a", object("Service", "kept", "{}")).deleted()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PersistentVolumeClaim",
        "PersistentVolume",
        "StorageClass",
        "Namespace",
        "ClusterRole",
        "ClusterRoleBinding"
      })
  void whatHoldsDataOrIsTheClustersStaysWithoutAWord(String kind) throws Exception {
    there.addAll(markedAs(object(kind, "o", "{}")));
    Purge purge = purge(SPEC, "a", object("Service", "kept", "{}"));
    assertThat(purge.deleted()).isEmpty();
    assertThat(purge.left()).isEmpty();
  }

  @Test
  void whatMayTakeMoreWithItIsLeftAndTold() throws Exception {
    brought(object("KafkaTopic", "orders", "{}"));
    brought(object("StatefulSet", "running", "{'spec':{'replicas':1}}"));
    brought(
        object(
            "StatefulSet",
            "with-claims",
            "{'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'}}}"));

    Purge purge = purge(SPEC, "a", object("Service", "kept", "{}"));

    assertThat(purge.deleted()).isEmpty();
    assertThat(purge.left())
        .hasSize(3)
        .allMatch(left -> left.startsWith("MIG-135 "))
        .anyMatch(left -> left.contains("StatefulSet 'with-claims'") && left.contains("claims"))
        .anyMatch(left -> left.contains("'running' of namespace 'x'") && left.contains("runs"))
        .anyMatch(left -> left.contains("KafkaTopic 'orders'"));
  }

  /** An earlier migration of the same line has put it. */
  private void brought(ApplicationObject object) throws UnfitException {
    there.addAll(new ObjectChange(SPEC).of(List.of(object)));
  }

  /** Whether or not it would have gone along by itself. */
  private static List<ApplicationObject> markedAs(ApplicationObject object) throws UnfitException {
    ApplicationObject plain =
        new ObjectChange(SPEC).of(List.of(object("Secret", object.name(), "{}"))).getFirst();
    return List.of(
        new ApplicationObject(
            object.kind(),
            plain.namespace(),
            object.name(),
            plain.manifest().replace("a/Secret/", "a/" + object.kind() + "/")));
  }

  private Purge purge(MigrationSpec spec, String source, ApplicationObject inBackup)
      throws UnfitException {
    return Purge.of(spec, source, new ObjectChange(SPEC).of(List.of(inBackup)), there);
  }
}
