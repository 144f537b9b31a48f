package io.mooring.migrator.objects;

import static io.mooring.migrator.objects.Manifests.json;
import static io.mooring.migrator.objects.Manifests.names;
import static io.mooring.migrator.objects.Manifests.object;
import static io.mooring.migrator.objects.Manifests.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mooring.migrator.outside.ApplicationObjects.ApplicationObject;
import io.mooring.schemas.MigrationSpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectChangeTest {

  private static final String MAPPED =
      "{'namespaces':['a','b'],'namespaceMapping':{'a':'x'},'classMapping':{'slow':'fast'}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "RoleBinding | {'subjects':[{'kind':'ServiceAccount','namespace':'a'},{'namespace':'b'},"
            + "{'namespace':'c'}]} | {'subjects':[{'kind':'ServiceAccount','namespace':'x'},"
            + "{'namespace':'b'},{'namespace':'c'}]}",
        "PersistentVolume | {'spec':{'claimRef':{'name':'n','namespace':'a'},"
            + "'storageClassName':'slow'}} | {'spec':{'claimRef':{'name':'n','namespace':'x'},"
            + "'storageClassName':'fast'}}",
        "ValidatingWebhookConfiguration | {'webhooks':[{'clientConfig':{'service':"
            + "{'namespace':'a'}}}]} | {'webhooks':[{'clientConfig':{'service':"
            + "{'namespace':'x'}}}]}",
        "Backup | {'spec':{'service':{'namespace':'a'}}} | {'spec':{'service':{'namespace':'a'}}}",
        "NetworkPolicy | {'spec':{'ingress':[{'from':[{'namespaceSelector':{'matchLabels':"
            + "{'kubernetes.io/metadata.name':'a','other':'a'}}},{'namespaceSelector':"
            + "{'matchExpressions':[{'key':'kubernetes.io/metadata.name','values':['a','c']},"
            + "{'key':'other','values':['a']}]}}]}]}} | {'spec':{'ingress':[{'from':["
            + "{'namespaceSelector':{'matchLabels':{'kubernetes.io/metadata.name':'x','other':'a'"
            + "}}},{'namespaceSelector':{'matchExpressions':[{'key':'kubernetes.io/metadata.name',"
            + "'values':['x','c']},{'key':'other','values':['a']}]}}]}]}}",
        "Deployment | {'spec':{'affinity':[{'topologyKey':'t','namespaces':['a','c']}],"
            + "'namespaces':['a']}} | {'spec':{'affinity':[{'topologyKey':'t','namespaces':"
            + "['x','c']}],'namespaces':['a']}}",
        "ServiceMonitor | {'spec':{'namespaceSelector':{'matchNames':['a']}}}"
            + " | {'spec':{'namespaceSelector':{'matchNames':['x']}}}",
        "HTTPRoute | {'spec':{'parentRefs':[{'namespace':'a'}],'rules':[{'backendRefs':"
            + "[{'namespace':'a'}]}]}} | {'spec':{'parentRefs':[{'namespace':'x'}],'rules':"
            + "[{'backendRefs':[{'namespace':'x'}]}]}}",
        "PersistentVolumeClaim | {'spec':{'dataSourceRef':{'namespace':'a'}}}"
            + " | {'spec':{'dataSourceRef':{'namespace':'x'}}}",
        "ConfigMap | {'data':{'namespace':'a','subjects':'a','storageClassName':'slow'}}"
            + " | {'data':{'namespace':'a','subjects':'a','storageClassName':'slow'}}",
        "Deployment | {'spec':{'env':[{'name':'namespace','namespace':'a','value':'slow'}]}}"
            + " | {'spec':{'env':[{'name':'namespace','namespace':'a','value':'slow'}]}}",
        "StatefulSet | {'spec':{'volumeClaimTemplates':[{'metadata':{'annotations':"
            + "{'volume.beta.kubernetes.io/storage-class':'slow','slow':'slow'}},'spec':"
            + "{'storageClassName':'slow'}},{'spec':{'storageClassName':'other'}}]}}"
            + " | {'spec':{'volumeClaimTemplates':[{'metadata':{'annotations':"
            + "{'volume.beta.kubernetes.io/storage-class':'fast','slow':'slow'}},'spec':"
            + "{'storageClassName':'fast'}},{'spec':{'storageClassName':'other'}}]}}",
        "KafkaNodePool | {'spec':{'storage':{'type':'jbod','class':'slow','volumes':"
            + "[{'type':'persistent-claim','class':'slow'}]}}} | {'spec':{'storage':"
            + "{'type':'jbod','class':'slow','volumes':[{'type':'persistent-claim',"
            + "'class':'fast'}]}}}",
        "ResourceQuota | {'spec':{'hard':{'slow.storageclass.storage.k8s.io/requests.storage':"
            + "'1Gi','pods':'4'}}} | {'spec':{'hard':{'pods':'4',"
            + "'fast.storageclass.storage.k8s.io/requests.storage':'1Gi'}}}",
      })
  void namesOfNamespacesAndClassesAreMappedWhereTheyMeanThat(
      String kind, String before, String after) throws Exception {
    ApplicationObject changed = changed(spec(MAPPED), object(kind, "o", before));

    ObjectNode said = (ObjectNode) json(changed);
    said.remove(List.of("metadata", "kind"));
    assertThat(said).isEqualTo(json(after));
    assertThat(changed.namespace()).isEqualTo("x");
    assertThat(json(changed).at("/metadata/namespace").asText()).isEqualTo("x");
  }

  @Test
  void namespacesThatTakeEachOthersNamesAreNotMappedTwice() throws Exception {
    MigrationSpec swapped = spec("{'namespaces':['a','b'],'namespaceMapping':{'a':'b','b':'a'}}");
    List<ApplicationObject> changed =
        new ObjectChange(swapped)
            .of(
                List.of(
                    object("RoleBinding", "a", "r", "{'subjects':[{'namespace':'b'}]}"),
                    object("ConfigMap", "b", "c", "{}")));

    assertThat(changed).extracting(ApplicationObject::namespace).containsExactly("b", "a");
    assertThat(json(changed.getFirst()).at("/subjects/0/namespace").asText()).isEqualTo("a");
  }

  @Test
  void aClassThatIsMappedDoesNotGoAlong() throws Exception {
    assertThat(
            names(
                new ObjectChange(spec(MAPPED))
                    .of(
                        List.of(
                            object("StorageClass", "slow", "{}"),
                            object("StorageClass", "other", "{}")))))
        .containsExactly("StorageClass/other");
  }

  @Test
  void aClassThatIsNowhereIsMissedBeforeAnythingIsWritten() throws Exception {
    MigrationSpec spec = spec(MAPPED);
    ApplicationObject claim =
        object("PersistentVolumeClaim", "c", "{'spec':{'storageClassName':'slow'}}");
    List<ApplicationObject> changed = new ObjectChange(spec).of(List.of(claim));
    ClassMapping mapping = new ClassMapping(spec);

    assertThat(mapping.missing(changed, "x", Set.of("slow"))).containsExactly("fast");
    assertThat(mapping.missing(changed, "x", Set.of("fast"))).isEmpty();
    assertThat(mapping.missing(changed, "b", Set.of())).isEmpty();
    List<ApplicationObject> both =
        new ObjectChange(spec).of(List.of(object("StorageClass", "fast", "{}"), claim));
    assertThat(mapping.missing(both, "x", Set.of())).isEmpty();
  }

  @Test
  void onlyChosenNamespacesAreRestoredAndNoneIsAnError() throws Exception {
    List<ApplicationObject> objects =
        List.of(object("ConfigMap", "a", "c", "{}"), object("ConfigMap", "z", "d", "{}"));

    assertThat(names(new ObjectChange(spec("{'namespace':'a'}")).of(objects)))
        .containsExactly("ConfigMap/c");
    assertThat(new ObjectChange(spec("{'namespace':'q'}")).of(List.of())).isEmpty();
    assertThatThrownBy(() -> new ObjectChange(spec("{'namespace':'q'}")).of(objects))
        .isInstanceOf(UnfitException.class)
        .hasMessageStartingWith("MIG-133 Nothing of namespace 'q'");
  }

  @Test
  void aRestoreMayTakeLessThanItsBackupHas() throws Exception {
    assertThat(
            names(
                new ObjectChange(spec("{'namespace':'a','excludeKinds':['Secret']}"))
                    .of(List.of(object("Secret", "s", "{}"), object("ConfigMap", "c", "{}")))))
        .containsExactly("ConfigMap/c");
  }

  @Test
  void whatWasAskedForOnTheSourceNeedNotBeAskedForAgain() throws Exception {
    assertThat(
            new ObjectChange(spec("{'namespace':'a'}"))
                .of(
                    List.of(
                        object("Kafka", "k", "{}"),
                        object(
                            "Service",
                            "s",
                            "{'metadata':{'ownerReferences':[{'kind':'Kafka','name':'k'}]}}"),
                        object(
                            "NetworkPolicy",
                            "n",
                            "{'spec':{'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/8'}}]}]}}"))))
        .hasSize(3);
  }

  @Test
  void whatIsPutTellsWhoBroughtItAndNoOwners() throws Exception {
    ApplicationObject object =
        object(
            "ConfigMap",
            "c",
            "{'metadata':{'annotations':{'own':'1'},'ownerReferences':[{'kind':'K','name':'k'}]}}");
    JsonNode metadata = json(changed(spec(MAPPED), object)).path("metadata");

    assertThat(metadata.path("annotations"))
        .isEqualTo(
            json(
                "{'own':'1','mooring.io/migrated-by':'schedule/nightly',"
                    + "'mooring.io/migrated-from':'a/ConfigMap/c'}"));
    assertThat(metadata.has("ownerReferences")).isFalse();
  }

  @Test
  void whatSomebodyRestoresByHandIsNobodysToTakeAway() throws Exception {
    MigrationSpec byHand = spec(MAPPED);
    byHand.setOrigin("");
    ApplicationObject marked = changed(spec(MAPPED), object("ConfigMap", "c", "{}"));
    ApplicationObject back = new ApplicationObject("ConfigMap", "a", "c", marked.manifest());

    assertThat(json(changed(byHand, back)).at("/metadata/annotations")).isEmpty();
    assertThat(changed(byHand, new ApplicationObject("Secret", "a", "s", "{}")).manifest())
        .isEqualTo("{}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'path':'/spec/type','operation':'replace','value':'LoadBalancer' | /spec/type"
            + " | 'LoadBalancer'",
        "'path':'/spec/new/deep','operation':'add','value':{'a':1} | /spec/new/deep | {'a':1}",
        "'path':'/spec/ports/0','operation':'add','value':1 | /spec/ports | [1,10,20]",
        "'path':'/spec/ports/2','operation':'add','value':1 | /spec/ports | [10,20,1]",
        "'path':'/spec/ports/-','operation':'add','value':1 | /spec/ports | [10,20,1]",
        "'path':'/spec/ports/1','operation':'replace','value':null | /spec/ports | [10,null]",
        "'path':'/spec/ports/0','operation':'remove' | /spec/ports | [20]",
        "'path':'/spec/ports/7','operation':'remove' | /spec/ports | [10,20]",
        "'path':'/spec/type','operation':'remove' | /spec | {'ports':[10,20],'a/b~c':1}",
        "'path':'/spec/nothing/there','operation':'remove' | /spec/type | 'ClusterIP'",
        "'path':'/spec/a~1b~0c','operation':'replace','value':2 | /spec/a~1b~0c | 2",
        "'name':'o','path':'/spec/type','operation':'add','value':2 | /spec/type | 2",
        "'name':'p','path':'/spec/type','operation':'add','value':2 | /spec/type | 'ClusterIP'",
        "'labels':{'app':'k'},'path':'/spec/type','operation':'add','value':2 | /spec/type | 2",
        "'labels':{'app':'z'},'path':'/spec/type','operation':'add','value':2 | /spec/type"
            + " | 'ClusterIP'",
      })
  void transformsChangeWhatTheyChoose(String transform, String place, String expected)
      throws Exception {
    assertThat(json(changed(transformed("Service", transform), service())).at(place))
        .isEqualTo(json(expected));
    assertThat(json(changed(transformed("Ingress", transform), service())).path("spec"))
        .isEqualTo(json(service()).path("spec"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'path':'/spec/nothing','operation':'replace','value':1 | nothing to be replaced",
        "'path':'/spec/no/thing','operation':'replace','value':1 | nothing to be replaced",
        "'path':'/spec/ports/2','operation':'replace','value':1 | nothing to be replaced",
        "'path':'/spec/ports/3','operation':'add','value':1 | no place '3'",
        "'path':'/spec/ports/x','operation':'add','value':1 | no place 'x'",
        "'path':'/spec/ports/9/a','operation':'add','value':1 | no '9' on its path",
        "'path':'/spec/type/a','operation':'add','value':1 | leads into a value",
      })
  void aTransformThatDoesNotFitIsToldWithItsObject(String transform, String why) {
    assertThatThrownBy(() -> changed(transformed("Service", transform), service()))
        .isInstanceOf(UnfitException.class)
        .hasMessageStartingWith("MIG-134 Transform 1 does not fit Service 'o'.")
        .hasMessageContaining(why);
  }

  private static ApplicationObject service() {
    return object(
        "Service",
        "o",
        "{'metadata':{'labels':{'app':'k'}},"
            + "'spec':{'type':'ClusterIP','ports':[10,20],'a/b~c':1}}");
  }

  private static MigrationSpec transformed(String kind, String transform) {
    return spec("{'namespace':'a','transforms':[{'kind':'%s',%s}]}".formatted(kind, transform));
  }

  private static ApplicationObject changed(MigrationSpec spec, ApplicationObject object)
      throws UnfitException {
    return new ObjectChange(spec)
        .of(List.of(object, object("PersistentVolumeClaim", "n", "{}")))
        .getFirst();
  }
}
