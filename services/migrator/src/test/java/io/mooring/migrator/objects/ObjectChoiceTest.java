package io.mooring.migrator.objects;

import static io.mooring.migrator.objects.Manifests.names;
import static io.mooring.migrator.objects.Manifests.object;
import static io.mooring.migrator.objects.Manifests.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectChoiceTest {

  private static final String GOLD = "{'metadata':{'labels':{'app':'k','tier':'gold'}}}";
  private static final String TEST = "{'metadata':{'labels':{'app':'k','tier':'test'}}}";
  private static final String OWNED =
      "{'metadata':{'ownerReferences':[{'kind':'%s','name':'%s','uid':'u'}]}}";

  @Test
  void allGoAlongInTheirOrderIfNothingIsSaid() {
    List<ApplicationObject> objects =
        List.of(object("Secret", "s", "{}"), object("ConfigMap", "c", GOLD));
    assertThat(ObjectChoice.of(spec("{'namespace':'a'}"), objects)).isEqualTo(objects);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'namespace':'a','objectSelector':{'app':'k'}} | ConfigMap/gold ConfigMap/test",
        "{'namespace':'a','objectSelector':{'app':'k','tier':'gold'}} | ConfigMap/gold",
        "{'namespace':'a','objectSelector':{'app':'other'}} | ''",
        "{'namespace':'a','excludeSelector':{'tier':'test'}} | ConfigMap/gold Secret/plain",
        "{'namespace':'a','excludeSelector':{'tier':'test','app':'x'}}"
            + " | ConfigMap/gold Secret/plain",
        "{'namespace':'a','objectSelector':{'app':'k'},'excludeSelector':{'tier':'gold'}}"
            + " | ConfigMap/test",
        "{'namespace':'a','excludeKinds':['configmap']} | Secret/plain",
        "{'namespace':'a','excludeKinds':['Secret','Service']} | ConfigMap/gold ConfigMap/test",
      },
      quoteCharacter = '"')
  void labelsAndKindsChoose(String fields, String expected) {
    List<ApplicationObject> objects =
        List.of(
            object("ConfigMap", "gold", GOLD),
            object("ConfigMap", "test", TEST),
            object("Secret", "plain", "{}"));
    assertThat(String.join(" ", names(ObjectChoice.of(spec(fields), objects))))
        .isEqualTo(expected.replace("''", ""));
  }

  @Test
  void policiesThatNameAddressesStayUnlessAskedFor() {
    List<ApplicationObject> objects =
        List.of(
            object(
                "NetworkPolicy",
                "in",
                "{'spec':{'ingress':[{'from':[{'ipBlock':{'cidr':'10.0.0.0/8'}}]}]}}"),
            object(
                "NetworkPolicy",
                "out",
                "{'spec':{'egress':[{'to':[{'podSelector':{}},{'ipBlock':{'cidr':'0.0.0.0/0'}}]}]}}"),
            object(
                "NetworkPolicy", "pods", "{'spec':{'ingress':[{'from':[{'podSelector':{}}]}]}}"));

    assertThat(names(ObjectChoice.of(spec("{'namespace':'a'}"), objects)))
        .containsExactly("NetworkPolicy/pods");
    assertThat(
            ObjectChoice.of(spec("{'namespace':'a','includeNetworkPolicyWithCidr':true}"), objects))
        .isEqualTo(objects);
  }

  @Test
  void whatItsOwnerMakesStaysIfTheOwnerGoesAlong() {
    ApplicationObject owner = object("Kafka", "k", "{'metadata':{'labels':{'app':'k'}}}");
    List<ApplicationObject> owned =
        List.of(
            object("StatefulSet", "set", OWNED.formatted("Kafka", "k")),
            object("Service", "service", OWNED.formatted("Kafka", "k")),
            object("Service", "by-set", OWNED.formatted("StatefulSet", "set")),
            object("PersistentVolumeClaim", "data", OWNED.formatted("Kafka", "k")),
            object("Secret", "authority", OWNED.formatted("Kafka", "k")),
            object("ConfigMap", "settings", OWNED.formatted("Kafka", "k")),
            object("Service", "orphan", OWNED.formatted("Kafka", "another")));
    List<ApplicationObject> all = Stream.concat(Stream.of(owner), owned.stream()).toList();

    assertThat(names(ObjectChoice.of(spec("{'namespace':'a'}"), all)))
        .containsExactly(
            "Kafka/k",
            "PersistentVolumeClaim/data",
            "Secret/authority",
            "ConfigMap/settings",
            "Service/orphan");
    assertThat(ObjectChoice.of(spec("{'namespace':'a'}"), owned)).contains(owned.getFirst());
    assertThat(names(ObjectChoice.of(spec("{'namespace':'a','excludeKinds':['Kafka']}"), all)))
        .contains("StatefulSet/set", "Service/service");
    assertThat(ObjectChoice.of(spec("{'namespace':'a','ignoreOwnerReferences':true}"), all))
        .isEqualTo(all);
  }

  @Test
  void whatAPodOwnsIsOfThatPodOnly() {
    List<ApplicationObject> objects =
        List.of(object("ConfigMap", "leader", OWNED.formatted("Pod", "operator-1")));
    assertThat(ObjectChoice.of(spec("{'namespace':'a'}"), objects)).isEmpty();
  }

  @Test
  void anOwnerOfTheSameNameInAnotherNamespaceIsAnother() {
    List<ApplicationObject> objects =
        List.of(
            object("Kafka", "b", "k", "{}"),
            object("StatefulSet", "set", OWNED.formatted("Kafka", "k")));
    assertThat(ObjectChoice.of(spec("{'namespaces':['a','b']}"), objects)).isEqualTo(objects);
  }

  @Test
  void volumesAndClassesFollowTheClaimsThatGoAlong() {
    String claim = "{'metadata':{'labels':{'tier':'%s'}},'spec':{'storageClassName':'%s'}}";
    String volume = "{'spec':{'claimRef':{'namespace':'a','name':'%s'}}}";
    List<ApplicationObject> objects =
        List.of(
            object("Namespace", "a", "{}"),
            object("StorageClass", "fast", "{}"),
            object("StorageClass", "slow", "{}"),
            object("PersistentVolume", "pv-1", volume.formatted("gold")),
            object("PersistentVolume", "pv-2", volume.formatted("test")),
            object("PersistentVolumeClaim", "gold", claim.formatted("gold", "fast")),
            object("PersistentVolumeClaim", "test", claim.formatted("test", "slow")));

    assertThat(
            names(
                ObjectChoice.of(
                    spec("{'namespace':'a','objectSelector':{'tier':'gold'}}"), objects)))
        .containsExactly(
            "Namespace/a",
            "StorageClass/fast",
            "PersistentVolume/pv-1",
            "PersistentVolumeClaim/gold");
    assertThat(
            names(
                ObjectChoice.of(
                    spec("{'namespace':'a','excludeSelector':{'tier':'gold'}}"), objects)))
        .contains("PersistentVolume/pv-2")
        .doesNotContain("PersistentVolume/pv-1");
    assertThat(
            names(
                ObjectChoice.of(
                    spec("{'namespace':'a','excludeKinds':['PersistentVolume']}"), objects)))
        .doesNotContain("PersistentVolume/pv-1")
        .contains("PersistentVolumeClaim/gold");
  }
}
