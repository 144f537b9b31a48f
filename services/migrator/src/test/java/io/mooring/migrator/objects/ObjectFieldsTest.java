package io.mooring.migrator.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mooring.schemas.MigrationKind;
import io.mooring.schemas.MigrationSpec;
import io.mooring.schemas.TransformOperation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectFieldsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void whatIsLeftOutIsAsItsDescriptionSays() {
    MigrationSpec spec = spec(fields("{}"));

    assertThat(spec).isEqualTo(MigrationSpec.newBuilder().build());
    assertThat(spec.getIncludeVolumes()).isTrue();
    assertThat(spec.getIncludeResources()).isTrue();
    assertThat(spec.getSkipDeletedNamespaces()).isTrue();
    assertThat(spec.getPurgeDeleted()).isFalse();
    assertThat(spec.getSkipServiceUpdate()).isFalse();
    assertThat(spec.getIncludeNetworkPolicyWithCidr()).isFalse();
    assertThat(spec.getIgnoreOwnerReferences()).isFalse();
  }

  @Test
  void oneNamespaceIsKeptAsAlways() {
    for (String asked :
        List.of(
            "{'namespace':'a','targetNamespace':'b'}",
            "{'namespaces':['a'],'namespaceMapping':{'a':'b'}}",
            "{'namespace':'a','namespaces':['a'],'targetNamespace':'b',"
                + "'namespaceMapping':{'a':'b'}}")) {
      ObjectFields fields = fields(asked);
      assertThat(fields.problems()).isEmpty();
      assertThat(spec(fields))
          .isEqualTo(MigrationSpec.newBuilder().setNamespace("a").setTargetNamespace("b").build());
    }
  }

  @Test
  void severalNamespacesAreMappedEachForItself() {
    MigrationSpec spec =
        spec(fields("{'namespace':'c','namespaces':['a','b'],'namespaceMapping':{'b':'x'}}"));

    assertThat(Namespaces.of(spec)).containsExactly("c", "a", "b");
    assertThat(Namespaces.targets(spec)).containsExactly("c", "a", "x");
    assertThat(spec.getNamespace()).isEqualTo("c");
    assertThat(spec.getTargetNamespace()).isEmpty();
  }

  @Test
  void whoeverKnowsOneNamespaceOnlyHasTheFirst() {
    MigrationSpec spec =
        spec(fields("{'namespaces':['a','b'],'namespaceMapping':{'a':'y','b':'x'}}"));

    assertThat(spec.getNamespace()).isEqualTo("a");
    assertThat(spec.getTargetNamespace()).isEqualTo("y");
  }

  @Test
  void allThatIsSaidIsKeptAndShownAgain() {
    ObjectFields fields =
        fields(
            "{'namespaces':['a','b'],'namespaceMapping':{'b':'x'},'objectSelector':{'app':'k'},"
                + "'excludeSelector':{'tier':'t'},'excludeKinds':['Secret'],'includeVolumes':false,"
                + "'purgeDeleted':true,'skipServiceUpdate':true,'skipDeletedNamespaces':false,"
                + "'includeNetworkPolicyWithCidr':true,'ignoreOwnerReferences':true,"
                + "'classMapping':{'slow':'fast'},'transforms':[{'kind':'Service','name':'s',"
                + "'labels':{'l':'v'},'path':'/spec/type','operation':'Replace','value':null}]}");
    assertThat(fields.problems()).isEmpty();
    MigrationSpec spec = spec(fields);

    assertThat(spec.getTransforms().getFirst().getOperation())
        .isEqualTo(TransformOperation.REPLACE);
    assertThat(spec.getTransforms().getFirst().getValue()).isEqualTo("null");
    assertThat(spec(ObjectFields.of(spec))).isEqualTo(spec);
    ObjectFields asked = JSON.convertValue(ObjectFields.of(spec).asRequest(), ObjectFields.class);
    assertThat(spec(asked)).isEqualTo(spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'namespaces':['A']} | cannot be the name of a namespace",
        "{'namespace':'a','targetNamespace':'b/c'} | cannot be the name of a target namespace",
        "{'namespaces':['a','b'],'targetNamespace':'c'} | for one namespace",
        "{'namespace':'a','targetNamespace':'b','namespaceMapping':{'a':'c'}} | two targets",
        "{'namespace':'a','namespaceMapping':{'b':'c'}} | 'b', which does not go along",
        "{'namespaces':['a','b'],'namespaceMapping':{'a':'b'}} | would both become 'b'",
        "{'namespaces':['a','b'],'namespaceMapping':{'a':'c','b':'c'}} | would both become 'c'",
        "{'includeVolumes':false} | neither volumes nor objects",
        "{'namespace':'a','includeVolumes':false,'includeResources':false} | neither volumes",
        "{'objectSelector':{'a':'b'}} | no namespace is named",
        "{'purgeDeleted':true} | purgeDeleted is about objects",
        "{'classMapping':{'a':'b'}} | classMapping is about objects",
        "{'targetNamespace':'a'} | targetNamespace is about objects",
        "{'namespace':'a','objectSelector':{'a':'b'},'excludeSelector':{'a':'b'}} | both wanted",
        "{'namespace':'a','objectSelector':{'':'b'}} | objectSelector has an empty name",
        "{'namespace':'a','classMapping':{'a':''}} | classMapping has an empty value",
        "{'namespace':'a','excludeKinds':['']} | excludeKinds has an empty kind",
        "{'namespaces':[null]} | namespaces has a null",
        "{'namespace':'a','objectSelector':{'a':null}} | objectSelector has a null",
        "{'namespace':'a','transforms':[null]} | transforms has a null",
      })
  void whatCannotBeIsToldAsAProblem(String asked, String problem) {
    assertThat(fields(asked).problems()).anyMatch(told -> told.contains(problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'path':'/a','operation':'add','value':1} | has no kind",
        "{'kind':'K','path':'a','operation':'add','value':1} | no JSON pointer",
        "{'kind':'K','path':'/a~2','operation':'add','value':1} | no JSON pointer",
        "{'kind':'K','operation':'remove'} | no JSON pointer",
        "{'kind':'K','path':'/a','operation':'move','value':1} | operation 'move'",
        "{'kind':'K','path':'/a','value':1} | operation 'null'",
        "{'kind':'K','path':'/a','operation':'replace'} | has no value",
        "{'kind':'K','path':'/a','operation':'remove','value':1} | removes and has a value",
        "{'kind':'K','path':'/metadata/name','operation':'remove'} | what the object is",
        "{'kind':'K','path':'/metadata/annotations/mooring.io~1migrated-by','operation':'remove'}"
            + " | what the object is",
        "{'kind':'K','path':'/metadata','operation':'remove'} | what the object is",
      })
  void aTransformThatCannotBeIsToldAsAProblem(String transform, String problem) {
    ObjectFields fields = fields("{'namespace':'a','transforms':[" + transform + "]}");
    assertThat(fields.problems()).singleElement().asString().contains(problem, "transform 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'kind':'K','path':'/spec/type','operation':'ADD','value':{}}",
        "{'kind':'K','path':'/metadata/labels/a~1b','operation':'remove'}",
        "{'kind':'K','path':'/metadata/annotations/else','operation':'remove'}",
        "{'kind':'K','path':'/spec/list/-','operation':'add','value':null}",
      })
  void aTransformThatCanBeHasNoProblem(String transform) {
    assertThat(fields("{'namespace':'a','transforms':[" + transform + "]}").problems()).isEmpty();
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThat(
            fields(
                    "{'namespaces':['a','B'],'namespaceMapping':{'c':'d'},'excludeKinds':[''],"
                        + "'transforms':[{'kind':'K'}]}")
                .problems())
        .hasSize(5);
  }

  @Test
  void aBackupHasNoTarget() {
    ObjectFields fields =
        fields(
            "{'namespace':'a','targetNamespace':'b','classMapping':{'s':'f'},'purgeDeleted':true,"
                + "'skipServiceUpdate':true,'transforms':[{'kind':'K','path':'/a',"
                + "'operation':'remove'}]}");
    assertThat(fields.problems(MigrationKind.BACKUP, ""))
        .hasSize(5)
        .allMatch(problem -> problem.contains("there is none"));
    assertThat(fields.problems(MigrationKind.MIGRATION, "")).isEmpty();
    assertThat(fields.problems(MigrationKind.RESTORE, "schedule/nightly")).isEmpty();
    assertThat(fields.problems(MigrationKind.RESTORE, ""))
        .singleElement()
        .asString()
        .contains("purgeDeleted");
  }

  @Test
  void snapshotsThatStayHereHaveNoObjects() {
    ObjectFields fields =
        fields(
            "{'namespace':'a','objectSelector':{'a':'b'},'excludeSelector':{'c':'d'},"
                + "'excludeKinds':['K'],'includeVolumes':false,'purgeDeleted':true}");
    assertThat(fields.problems(MigrationKind.SNAPSHOT, "")).hasSize(5);
    assertThat(fields("{'namespaces':['a','b']}").problems(MigrationKind.SNAPSHOT, "")).isEmpty();
  }

  @Test
  void theWayBackTurnsMappingsRound() {
    MigrationSpec spec =
        spec(
            fields(
                "{'namespaces':['a','b'],'namespaceMapping':{'b':'x'},'excludeKinds':['Secret'],"
                    + "'classMapping':{'slow':'fast'},'purgeDeleted':true}"));
    MigrationSpec back = spec(WayBack.of(spec));

    assertThat(WayBack.of(spec).problems()).isEmpty();
    assertThat(Namespaces.of(back)).containsExactly("a", "x");
    assertThat(Namespaces.targets(back)).containsExactly("a", "b");
    assertThat(back.getClassMapping()).isEqualTo(Map.of("fast", "slow"));
    assertThat(back.getExcludeKinds()).containsExactly("Secret");
    assertThat(back.getPurgeDeleted()).isFalse();
    assertThat(back.getIncludeResources()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'namespace':'a','classMapping':{'slow':'one','fast':'one'}}",
        "{'namespace':'a','transforms':[{'kind':'K','path':'/a','operation':'remove'}]}",
      })
  void whatCannotBeTurnedRoundLetsVolumesComeBackAlone(String asked) {
    ObjectFields back = WayBack.of(spec(fields(asked)));

    assertThat(back.includeResources()).isFalse();
    assertThat(back.includeVolumes()).isTrue();
    assertThat(back.classMapping()).isEmpty();
    assertThat(back.transforms()).isEmpty();
    assertThat(back.problems()).isEmpty();
  }

  private static MigrationSpec spec(ObjectFields fields) {
    return fields.into(MigrationSpec.newBuilder()).build();
  }

  private static ObjectFields fields(String json) {
    try {
      return JSON.readValue(json.replace('\'', '"'), ObjectFields.class);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
